"""A booking that owes a rest ends: nothing more is due, what was paid goes back, and what comes too late goes back at once."""

import asyncio

import pytest

from exodrive.flows import cancel, home
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.instalment import capturing
from exodrive.flows.instalment.errors import NoRest
from exodrive.payments.instalments.model import InstalmentStatus
from tests.flows.change.test_ended import unexpected
from tests.flows.ending import settle_refunds, staff_of
from tests.flows.instalment.test_pay import agree


async def test_who_cancels_owes_nothing_more_and_gets_back_what_was_paid(build, owing, payer, world, service):
    ada = await owing()
    order_id = await ada.approved()
    await cancel.by_renter(world, ada.made.id)
    assert (await ada.rest()).status is InstalmentStatus.DROPPED
    assert (await home.capture(world, order_id)).outcome.step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    with pytest.raises(NoRest):
        await ada.order()
    await settle_refunds(build, service, ada.made)
    price = await ada.price()
    assert await ada.money() == (price.due_now, price.due_now)
    await agree(ada, service)


async def test_cancelled_after_the_rest_both_parts_go_back(build, owing, payer, world, service):
    ada = await owing()
    await ada.paid()
    sam = await staff_of(build)
    await cancel.by_staff(world, sam.door, ada.made.id, sam.actor, "the car broke down")
    await settle_refunds(build, service, ada.made)
    total = (await ada.price()).total
    assert await ada.money() == (total, total)
    await agree(ada, service)


@pytest.mark.parametrize("_round", range(3))
async def test_a_booking_cancelled_while_its_rest_is_paid_gives_all_of_it_back_once(build, owing, payer, world, service, _round):
    ada, sam = await owing(), await staff_of(build)
    order_id = await ada.approved()
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
    captured, refunded = await ada.money()
    assert captured == refunded
    taken = await payer.captures(order_id)
    assert (await ada.rest()).status is (InstalmentStatus.PAID if taken else InstalmentStatus.DROPPED)
    assert (await build.history(ada.made)).count("cancelled") == 1
    await agree(ada, service)


async def test_money_that_comes_after_the_end_goes_back_at_once(build, owing, payer, world, service):
    """However it came to that: no door of ours lets a booking end while its rest is being paid."""
    ada = await owing()
    order_id = await ada.approved()
    operation = await capturing.intend(world, ada.made.id, order_id, capturing.SYSTEM)
    rest = await ada.rest()
    await build.value("update booking_instalments set is_paying = false where id = $1", rest.id)
    await cancel.by_renter(world, ada.made.id)
    async with world.door.scope() as db:
        now = await capturing.standing.read(db, ada.made.id)
    result = await capturing.ask(world, operation, now)
    await capturing.record(world, operation, result)
    assert "instalment_paid_too_late" in await build.history(ada.made)
    assert (await ada.rest()).status is InstalmentStatus.DROPPED
    await settle_refunds(build, service, ada.made)
    [capture] = await payer.captures(order_id)
    assert capture["refunded"] == capture["amount"]["value"]
    captured, refunded = await ada.money()
    assert captured == refunded == (await ada.price()).total
    await agree(ada, service)
