"""A booking ends while PayPal is asked for money: it is refunded, or never captured, whoever was first."""

import asyncio
from decimal import Decimal

import pytest

from exodrive.flows import cancel, home
from exodrive.flows.checkout import pay, settling
from exodrive.kit.errors import Conflict
from tests.flows.change.test_pay import approved
from tests.flows.ending import at_paypal, refunds, settle_refunds, staff_of, total


def unexpected(told):
    """What is neither done nor refused in words."""
    return [one for one in told if isinstance(one, Exception) and not isinstance(one, Conflict)]


@pytest.mark.parametrize("_round", range(3))
async def test_scenario_24_a_booking_cancelled_while_it_is_paid_for_is_refunded_or_never_captured(build, payer, world, service, _round):
    made, sam = await build.held(), await staff_of(build)
    order_id = await payer.approved(made)
    told = await asyncio.gather(
        pay.capture(world, order_id),
        cancel.by_renter(world, made.id),
        pay.capture(service, order_id),
        cancel.by_staff(world, sam.door, made.id, sam.actor, "a double booking"),
        return_exceptions=True,
    )
    assert unexpected(told) == []
    await settling.settle_open(service)
    taken = sum(Decimal(capture["amount"]["value"]) for capture in await payer.captures(order_id))
    if await build.status(made) == "cancelled":
        await settle_refunds(build, service, made)
        assert await at_paypal(build, payer, made) == taken
        assert await build.days_of(made) == []
    else:
        assert (await build.status(made), taken) == ("upcoming", total(made))
        assert await refunds(build, made) == []
        assert len(await build.days_of(made)) == 3
    assert (await build.history(made)).count("cancelled") <= 1


@pytest.mark.parametrize("_round", range(3))
async def test_scenario_24_a_booking_cancelled_while_a_change_of_it_is_paid_for_gives_all_of_it_back_once(
    build, renter, payer, world, service, _round
):
    ada, sam = await renter(), await staff_of(build)
    _change_id, order_id = await approved(ada, payer)
    told = await asyncio.gather(
        home.capture(world, order_id),
        cancel.by_renter(world, ada.made.id),
        home.capture(service, order_id),
        cancel.by_staff(world, sam.door, ada.made.id, sam.actor, "engine trouble"),
        return_exceptions=True,
    )
    assert unexpected(told) == []
    await settling.settle_open(service)
    if await build.status(ada.made) != "cancelled":  # both were asked to wait for the payment
        await cancel.by_renter(world, ada.made.id)
    await settle_refunds(build, service, ada.made)
    captures = [row for row in (await payer.paypal.control("GET", "ledger"))["captures"] if row.get("custom_id") == str(ada.made.id)]
    assert [row["refunded"] for row in captures] == [row["amount"]["value"] for row in captures]
    captured, refunded = await ada.money()
    assert captured == refunded == sum(Decimal(row["amount"]["value"]) for row in captures)
    assert (await build.history(ada.made)).count("cancelled") == 1
    [(state, _difference)] = await ada.changes()
    assert state == ("applied" if len(captures) == 2 else "dropped")
