"""A deposit from the renter's press to the day it is given back, at a real PayPal, with answers lost and processes that died on the way."""

from datetime import timedelta

import pytest

from exodrive.deposits import store as deposits
from exodrive.deposits.states import HoldStatus
from exodrive.flows import cancel, home
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.deposit import asking, look, placing
from exodrive.flows.deposit.errors import NoHoldWanted
from tests.builders import days_ahead
from tests.flows.conftest import order_in
from tests.flows.test_cancel import staff_door

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


async def near(build, days=3):
    """A paid booking whose pick-up is tomorrow."""
    return await build.paid(days=days_ahead(1, days))


async def approved(world, payer, made, funding="instant"):
    order_id = order_in(await asking.begin(world, made.id))
    await payer.approve(order_id, funding)
    return order_id


async def held(world, payer, made):
    """A hold that is in force."""
    told = await home.capture(world, await approved(world, payer, made))
    assert (told.outcome.step, told.is_deposit) == (Step.PAID, True)
    return (await holds(world, made))[-1]


async def holds(world, made):
    async with world.doors.service().scope() as db:
        return await deposits.of_booking(db, made.id)


async def hand_over(build, made):
    await write(build, "update bookings set status = 'active', handed_over_at = exodrive_private.now() where id = $1", made)


async def take_back(build, made):
    await write(build, "update bookings set returned_at = exodrive_private.now() where id = $1", made)


async def write(build, statement, made):
    async with build.doors.service().scope() as db:
        await db.execute(statement, made.id)


async def settle(service, made):
    """What the worker does: look, and bring every open intent to its end."""
    await look.look_at(service, made.id)
    opened = """select o.id from payment_operations o where o.booking_id = $1 and o.hold_id is not null
                and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)"""
    async with service.door.scope() as db:
        found = [row[0] for row in await db.fetch(opened, made.id)]
    for operation_id in found:
        await settling.settle(service, operation_id)


async def operations(build, made, kind):
    rows = await build.rows(
        """select r.outcome from payment_operations o join payment_results r on r.operation_id = o.id
           where o.booking_id = $1 and o.kind = $2 order by r.id""",
        made.id,
        kind,
    )
    return [row[0] for row in rows]


async def alarms(build, made):
    return [row[0] for row in await build.rows("select kind from booking_alarms where booking_id = $1 and closed_at is null", made.id)]


async def at_paypal(payer, hold):
    ledger = await payer.paypal.control("GET", "ledger")
    return {row["id"]: row["status"] for row in ledger["authorizations"] if row["id"] in (hold.parent_id, hold.authorization_id)}


async def test_it_is_held_and_no_money_is_taken(build, payer, world):
    made = await near(build)
    hold = await held(world, payer, made)
    assert (hold.status, hold.money.text, hold.number) == (HoldStatus.HELD, "5000.00", 1)
    assert hold.covered_until - hold.authorized_at == 29 * DAY
    assert hold.guaranteed_until - hold.authorized_at == 3 * DAY
    assert await at_paypal(payer, hold) == {hold.authorization_id: "CREATED"}
    assert (await build.history(made))[-3:] == ["deposit_asked", "deposit_intended", "deposit_held"]
    captured = await build.value("select captured_amount from payments where booking_id = $1", made.id)
    assert captured == made.held.total.amount


async def test_it_is_not_asked_for_too_early_twice_or_when_the_rental_is_off(build, payer, world):
    with pytest.raises(NoHoldWanted):
        await asking.begin(world, (await build.paid(days=days_ahead(10, 3))).id)
    with pytest.raises(NoHoldWanted):
        await asking.begin(world, (await build.held(days=days_ahead(1, 3))).id)
    made = await near(build)
    await held(world, payer, made)
    with pytest.raises(NoHoldWanted):
        await asking.begin(world, made.id)


async def test_pressed_twice_it_is_one_order(build, world, payer):
    made = await near(build)
    assert await asking.begin(world, made.id) == await asking.begin(world, made.id)
    assert len(await holds(world, made)) == 1


async def test_declined_it_is_asked_for_again(build, payer, world):
    made = await near(build)
    told = await home.capture(world, await approved(world, payer, made, "declined"))
    assert told.outcome.step is Step.DECLINED
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.DECLINED]
    second = await held(world, payer, made)
    assert second.number == 2


async def test_an_answer_that_got_lost_is_found_again(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await approved(world, payer, made)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/authorize$"}, times=3)
    told = await home.capture(world, order_id, patience=0)
    assert told.outcome.step is Step.CHECKING
    await wait_for(MINUTE)
    await settling.settle_open(service)
    [hold] = await holds(world, made)
    assert hold.status is HoldStatus.HELD
    assert len({call["request_id"] for call in await payer.asked("/authorize", order_id)}) == 1


async def test_a_crash_between_intent_and_call_is_settled(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await approved(world, payer, made)
    [hold] = await holds(world, made)
    assert await placing.intend(world, hold, order_id, placing.CUSTOMER)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert (await holds(world, made))[0].status is HoldStatus.HELD


async def test_turned_away_after_a_lost_answer_nobody_knows(build, payer, world, service, stranger, wait_for):
    made = await near(build)
    order_id = await approved(world, payer, made)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/authorize$"}, times=3)
    await home.capture(world, order_id, patience=0)
    await wait_for(MINUTE)
    await settling.settle_open(stranger)
    assert (await holds(world, made))[0].status is HoldStatus.ASKED
    await wait_for(10 * MINUTE)
    await settling.settle_open(service)
    assert (await holds(world, made))[0].status is HoldStatus.HELD


async def test_cancelled_it_is_given_back(build, payer, world, service):
    made = await near(build)
    hold = await held(world, payer, made)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    await settle(service, made)
    assert await at_paypal(payer, hold) == {hold.authorization_id: "VOIDED"}
    assert (await holds(world, made))[0].status is HoldStatus.RELEASED


async def test_three_days_after_the_return_it_is_given_back(build, payer, world, service, wait_for):
    made = await near(build)
    hold = await held(world, payer, made)
    await hand_over(build, made)
    await take_back(build, made)
    await wait_for(3 * DAY - HOUR)
    await settle(service, made)
    assert (await holds(world, made))[0].status is HoldStatus.HELD
    await wait_for(HOUR + MINUTE)
    await settle(service, made)
    assert (await holds(world, made))[0].status is HoldStatus.RELEASED
    assert set((await at_paypal(payer, hold)).values()) == {"VOIDED"}


async def test_it_is_renewed_once_for_the_return_and_given_back_by_its_first_id(build, payer, world, service, wait_for):
    made = await near(build, days=8)
    first = await held(world, payer, made)
    await hand_over(build, made)
    await wait_for(4 * DAY)
    await settle(service, made)
    assert (await holds(world, made))[0].renewed_at is None
    await wait_for(5 * DAY)  # due, or a day late, at whatever hour this runs
    await settle(service, made)
    [renewed] = await holds(world, made)
    assert renewed.authorization_id != first.authorization_id == renewed.parent_id
    assert renewed.covered_until == first.covered_until
    assert renewed.guaranteed_until > first.guaranteed_until
    await take_back(build, made)
    await wait_for(3 * DAY + MINUTE)
    await settle(service, made)
    assert set((await at_paypal(payer, renewed)).values()) == {"VOIDED"}


async def test_a_renewal_that_is_refused_is_an_alarm_and_not_tried_again(build, payer, world, service, wait_for):
    made = await near(build, days=8)
    await held(world, payer, made)
    await hand_over(build, made)
    unwilling = {"kind": "refused", "issue": "REAUTHORIZATION_NOT_SUPPORTED_FOR_PAYMENT_SOURCE", "match": {"path_regex": "/reauthorize$"}}
    await payer.paypal.fault(**unwilling, times=2)  # the first call's token has run out
    await wait_for(9 * DAY)  # due, or a day late, at whatever hour this runs
    await settle(service, made)
    [hold] = await holds(world, made)
    assert hold.status is HoldStatus.HELD
    assert hold.renewed_at is not None
    assert await alarms(build, made) == ["renewal_refused"]
    await settle(service, made)
    assert await operations(build, made, "renew") == ["failed"]


async def test_a_hold_that_will_not_last_is_replaced_and_the_old_one_given_back(build, payer, world, service, wait_for):
    made = await near(build, days=30)
    first = await held(world, payer, made)
    await hand_over(build, made)
    with pytest.raises(NoHoldWanted):
        await asking.begin(world, made.id)
    await wait_for(26 * DAY + MINUTE)
    second = await held(world, payer, made)
    await settle(service, made)
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.RELEASED, HoldStatus.HELD]
    assert (await at_paypal(payer, first))[first.parent_id] == "VOIDED"
    assert set((await at_paypal(payer, second)).values()) == {"CREATED"}


async def test_a_car_out_with_nothing_behind_it_is_an_alarm_until_it_is_held(build, payer, world, service):
    made = await near(build)
    await hand_over(build, made)
    await look.look_at(service, made.id)
    assert await alarms(build, made) == ["uncovered"]
    await look.look_at(service, made.id)
    assert (await build.history(made)).count("deposit_alarm") == 1
    await held(world, payer, made)
    await look.look_at(service, made.id)
    assert await alarms(build, made) == []


async def test_a_hold_that_ran_out_at_paypal_is_lapsed_here_too(build, payer, world, service, wait_for):
    made = await near(build, days=30)
    await held(world, payer, made)
    await hand_over(build, made)
    await wait_for(28 * DAY + HOUR)
    await settle(service, made)
    assert await alarms(build, made) == ["runs_out"]
    await wait_for(DAY)
    await settle(service, made)
    assert (await holds(world, made))[0].status is HoldStatus.LAPSED
    assert await alarms(build, made) == ["uncovered"]


async def test_all_that_want_a_look_are_looked_at(build, payer, world, service):
    made = await near(build)
    await hand_over(build, made)
    assert await look.look_at_all(service) >= 1
    assert await alarms(build, made) == ["uncovered"]
