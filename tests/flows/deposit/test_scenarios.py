"""Faults of a deposit, from the press that asks for it to the end: declined beside a paid rental, and run out while the car is out."""

from dataclasses import replace

import msgspec
import pytest

from exodrive.charges.model import Tariffs
from exodrive.deposits.states import HoldStatus
from exodrive.flows import cancel, home
from exodrive.flows.checkout.model import Step
from exodrive.flows.rental.errors import NoDeposit
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.days import moment_at
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import booking_page
from exodrive.web.storefront.deposit_words import asked_of
from tests.builders import Build, days_ahead
from tests.flows.deposit.test_hold import DAY, HOUR, alarms, approved, at_paypal, held, holds, operations, settle
from tests.flows.ending import at_paypal as given_back
from tests.flows.ending import paid_at_paypal, settle_refunds, staff_of, total
from tests.garage import ZONE

OUT, BACK = Reading(10, 100), Reading(20, 100)


async def page_of(build, made):
    async with build.doors.token(hash_of(made.token)).scope() as db:
        return await booking_page(db, made.reference)


async def test_scenario_26_a_declined_deposit_gives_no_key_and_is_made_up_for_at_the_desk_or_by_all_the_money_back(
    build, payer, world, service, wait_for
):
    """The rental's money is ours, PayPal declines the hold: the page says so and asks anew, and the key waits for one of two ends."""
    stays, leaves, sam = await build.held(days=days_ahead(1, 3)), await build.held(days=days_ahead(1, 3)), await staff_of(build)
    for made in (stays, leaves):
        await paid_at_paypal(build, payer, world, made)
        told = await home.capture(world, await approved(world, payer, made, "declined"))
        assert (told.outcome.step, told.is_deposit) == (Step.DECLINED, True)
        assert [hold.status for hold in await holds(world, made)] == [HoldStatus.DECLINED]
        page = await page_of(build, made)
        asked = asked_of(page, world.deposits, clock.now())
        assert asked
        assert "declined it; try again" in asked.text
        assert not any(hold.is_live(clock.now()) for hold in page.holds)
    await wait_for(moment_at(stays.order.start, stays.order.pickup.time, ZONE) - clock.now())
    for made in (stays, leaves):
        with pytest.raises(NoDeposit):
            await hand_over(sam.door, made.id, OUT, sam.actor)
        assert await build.value("select handed_over_at from bookings where id = $1", made.id) is None
    given = await hand_over(sam.door, stays.id, OUT, sam.actor, without_deposit="Paid by card at the desk")
    await settle(service, stays)
    assert (given.is_covered, await alarms(build, stays)) == (False, ["uncovered"])
    await cancel.by_staff(world, sam.door, leaves.id, sam.actor, "no deposit")
    await settle_refunds(build, service, leaves)
    assert (await build.status(leaves), await given_back(build, payer, leaves)) == ("cancelled", total(leaves))


# long: one story over 45 days
async def test_scenario_21_over_a_rental_of_45_days_nothing_is_uncovered_unsaid_and_nothing_is_left_held(
    build, payer, world, service, wait_for
):
    """Looked at each day, as the worker does: renewed late and once, refused once, replaced before day 29, given back at the end."""
    rules = msgspec.structs.replace(world.rules, longest_rental_days=60)
    made, sam = await Build(replace(world, rules=rules), build.superuser_url).paid(days=days_ahead(1, 45)), await staff_of(build)
    first = await held(world, payer, made)
    await wait_for(moment_at(made.order.start, made.order.pickup.time, ZONE) - clock.now())
    await hand_over(sam.door, made.id, OUT, sam.actor)
    unwilling = {"kind": "refused", "issue": "REAUTHORIZATION_NOT_SUPPORTED_FOR_PAYMENT_SOURCE", "match": {"path_regex": "/reauthorize$"}}
    await payer.paypal.fault(**unwilling, times=2)  # the first call's token has run out
    seen = []
    for _day in range(44):
        await wait_for(DAY)
        await settle(service, made)
        living = [hold for hold in await holds(world, made) if hold.covers(clock.now())]
        told = await alarms(build, made)
        assert living, "no day without a hold"
        assert ("runs_out" in told) is (living[-1].covered_until - clock.now() <= DAY)
        if "runs_out" in told:
            await held(world, payer, made)  # the renter saw the letter at last
            for _given_back_then_looked in range(2):
                await settle(service, made)
            assert await alarms(build, made) == []
        seen += [alarm for alarm in told if alarm not in seen]
    assert seen == ["renewal_refused", "runs_out"]
    assert await operations(build, made, "renew") == ["failed", "succeeded"], "the first was refused, the second renewed for the return"
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.RELEASED, HoldStatus.HELD]
    await take_back(Tariffs(), sam.door, made.id, BACK, sam.actor)
    await wait_for(3 * DAY + HOUR)
    await settle(service, made)
    assert {hold.status for hold in await holds(world, made)} == {HoldStatus.RELEASED}
    for hold in await holds(world, made):
        assert "CREATED" not in (await at_paypal(payer, hold)).values()
    assert first.covered_until - first.authorized_at == 29 * DAY
