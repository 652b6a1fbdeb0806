"""Deposits compared with PayPal: a hold that was given back there is booked, one that is not as our book says is named."""

from datetime import timedelta

import pytest

from exodrive.deposits.states import HoldStatus
from exodrive.flows.comparison import booking
from exodrive.flows.deposit import keeping, look
from exodrive.payments.differences.model import Gap, Thing
from exodrive.payments.model import Kind
from tests.flows.comparison.test_booking import changed
from tests.flows.deposit.test_hold import alarms, hand_over, held, holds, near, operations, settle

DAY = timedelta(days=1)


async def open_of(build, made):
    return await build.rows(
        """select object, kind, ours, theirs from money_differences where booking_id = $1 and resolved_at is null
           and object_id in (select authorization_id from deposit_holds where booking_id = $1
                             union select paypal_order_id from deposit_holds where booking_id = $1)""",
        made.id,
    )


async def test_a_hold_that_is_as_our_book_says_is_read_and_nothing_noted(build, payer, world, service):
    made = await near(build)
    hold = await held(world, payer, made)
    looked = await booking.compare(service, made.id)
    assert {("order", hold.order_id), ("authorization", hold.authorization_id)} <= {(thing.value, name) for thing, name in looked.things}
    assert await open_of(build, made) == []


async def test_a_hold_given_back_at_paypals_own_site_is_booked_and_missed(build, payer, world, service, site):
    made = await near(build)
    hold = await held(world, payer, made)
    await hand_over(build, made)
    await site.let_go(hold.authorization_id)
    assert (await booking.compare(service, made.id)).booked == 1
    assert (await booking.compare(service, made.id)).booked == 0
    assert (await holds(world, made))[-1].status is HoldStatus.RELEASED
    assert await build.rows("select origin, kind from payment_operations where booking_id = $1 and origin = 'external'", made.id) == [
        ("external", "release")
    ]
    assert (await build.history(made))[-1] == "deposit_released_elsewhere"
    assert await open_of(build, made) == []
    await look.look_at(service, made.id)
    assert await alarms(build, made) == ["uncovered"]


async def test_a_hold_that_we_are_giving_back_is_left_to_be_settled(build, payer, world, service, site):
    made = await near(build)
    hold = await held(world, payer, made)
    async with service.door.scope() as db:
        await keeping.promise(db, hold, Kind.RELEASE, "nothing is claimed")
    await site.let_go(hold.authorization_id)
    assert (await booking.compare(service, made.id)).booked == 0
    await settle(service, made)
    assert (await holds(world, made))[-1].status is HoldStatus.RELEASED
    assert await operations(build, made, "release") == ["succeeded"]


async def test_a_hold_that_lives_on_after_our_book_gave_it_back_is_named(build, payer, world, service):
    made = await near(build)
    await held(world, payer, made)
    await changed(build, "update deposit_holds set status = 'released', ended_at = exodrive_private.now() where booking_id = $1", made.id)
    await booking.compare(service, made.id)
    assert await open_of(build, made) == [("authorization", "status", "released", "CREATED")]


async def test_a_hold_of_another_amount_is_named(build, payer, world, service):
    made = await near(build)
    await held(world, payer, made)
    await changed(build, "update payment_operations set amount = amount + 1 where booking_id = $1 and kind = 'hold'", made.id)
    await booking.compare(service, made.id)
    assert await open_of(build, made) == [("authorization", "amount", "5001.00 USD", "5000.00 USD")]


async def test_a_renewed_hold_is_read_with_the_one_before_and_nothing_is_noted(build, payer, world, service, wait_for):
    made = await near(build, days=8)
    await held(world, payer, made)
    await hand_over(build, made)
    await wait_for(9 * DAY)  # due, or a day late, at whatever hour this runs
    await settle(service, made)
    [hold] = await holds(world, made)
    assert hold.authorization_id != hold.parent_id
    looked = await booking.compare(service, made.id)
    assert {name for thing, name in looked.things if thing == "authorization"} == {hold.authorization_id, hold.parent_id}
    assert await open_of(build, made) == []


@pytest.mark.parametrize("value", ["100.00", "5000.00"])
async def test_money_taken_out_of_a_hold_at_paypals_own_site_is_named_and_not_booked(build, payer, world, service, site, value):
    made = await near(build)
    hold = await held(world, payer, made)
    capture_id = await site.claim(hold.authorization_id, value)
    looked = await booking.compare(service, made.id)
    [found] = [one for one in looked.findings if one.object_id == capture_id]
    assert (found.thing, found.gap, found.theirs) == (Thing.CAPTURE, Gap.UNKNOWN, f"{value} USD, {hold.order_id}")
    assert looked.booked == 0
