"""The key of a car: out against a deposit that is held, back once, and whatever is read never runs backwards."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from exodrive.charges.model import Tariffs
from exodrive.deposits.states import HoldStatus
from exodrive.flows import no_show
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.deposit import desk
from exodrive.flows.rental.errors import NoDeposit, NotOut, NotReady, NotToHandOver, TooEarlyToHandOver
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import KeyReused
from tests.builders import days_ahead, new_key
from tests.flows.deposit.test_hold import alarms, at_paypal, held, holds, near, settle
from tests.flows.ending import pick_up_in, staff_of

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TARIFFS = Tariffs()
OUT, BACK = Reading(8412, 100), Reading(8700, 97)
FREE = {"price": {"deposit_amount": 0}}  # a car that asks for no deposit


async def begun(build, wait_for, days=3, **car):
    """A paid booking on the first of its days, a car with its deposit (unless said otherwise), nothing held."""
    made = await build.paid(await build.car(**car), days_ahead(1, days))
    await wait_for(DAY)
    return made


async def facts(build, made):
    [row] = await build.rows("select status, handed_over_at, returned_at, no_show_at from bookings where id = $1", made.id)
    return row


async def readings(build, made):
    return await build.rows("select way, odometer, fuel, without_deposit from handovers where booking_id = $1 order by at", made.id)


async def test_with_its_deposit_held_the_key_goes_out_and_comes_back_and_the_deposit_after_it(build, payer, world, service, wait_for):
    made, sam = await near(build), await staff_of(build)
    hold = await held(world, payer, made)
    await wait_for(DAY)
    given = await hand_over(sam.door, made.id, OUT, sam.actor)
    assert (given.is_covered, (await facts(build, made))[:2]) == (True, ("active", given.at))
    await settle(service, made)
    assert await alarms(build, made) == []
    await wait_for(await build.value("select return_due_at from bookings where id = $1", made.id) - clock.now())
    back = await take_back(TARIFFS, sam.door, made.id, BACK, sam.actor)
    assert (await facts(build, made))[:3] == ("completed", given.at, back.at)
    assert await readings(build, made) == [("out", 8412, 100, None), ("in", 8700, 97, None)]
    assert (await build.history(made))[-2:] == ["handed_over", "returned"]
    assert [action for action, _details in await sam.noted(build)] == ["car_handed_over", "car_taken_back"]
    assert await build.value("select odometer from cars where id = $1", made.order.car_id) == 8700
    await wait_for(5 * DAY + MINUTE)
    await settle(service, made)
    assert (await holds(world, made))[0].status is HoldStatus.RELEASED
    assert set((await at_paypal(payer, hold)).values()) == {"VOIDED"}


async def test_without_a_deposit_only_a_manager_hands_over_says_why_and_an_alarm_stays(build, service, wait_for):
    made, sam = await begun(build, wait_for), await staff_of(build)
    with pytest.raises(NoDeposit):
        await hand_over(sam.door, made.id, OUT, sam.actor)
    assert (await facts(build, made))[0] == "upcoming"
    given = await hand_over(sam.door, made.id, OUT, sam.actor, without_deposit="A regular, paid in cash")
    assert not given.is_covered
    assert await readings(build, made) == [("out", 8412, 100, "A regular, paid in cash")]
    told = "select reason from booking_events where booking_id = $1 and event_type = 'handed_over'"
    assert await build.value(told, made.id) == "A regular, paid in cash"
    assert (await sam.noted(build))[0][1]["without_deposit"] == "A regular, paid in cash"
    await settle(service, made)
    assert await alarms(build, made) == ["uncovered"]


async def test_a_hold_that_is_being_given_back_is_no_deposit(build, payer, world, service, wait_for):
    made, sam = await near(build), await staff_of(build)
    await held(world, payer, made)
    await wait_for(DAY)
    await desk.give_back(sam.door, made.id, sam.actor, "they will come another way")
    with pytest.raises(NoDeposit):
        await hand_over(sam.door, made.id, OUT, sam.actor)


async def test_a_hold_that_has_run_out_is_no_deposit(build, payer, world, wait_for):
    made, sam = await build.paid(days=days_ahead(1, 30)), await staff_of(build)
    await held(world, payer, made)
    await wait_for(29 * DAY + MINUTE)
    with pytest.raises(NoDeposit):
        await hand_over(sam.door, made.id, OUT, sam.actor)


async def test_a_car_without_a_deposit_needs_none(build, wait_for):
    made, sam = await begun(build, wait_for, **FREE), await staff_of(build)
    assert (await hand_over(sam.door, made.id, OUT, sam.actor, without_deposit="not kept")).is_covered
    assert await readings(build, made) == [("out", 8412, 100, None)]


async def test_the_database_refuses_a_key_without_a_deposit_or_a_reading_whoever_writes_at_the_staffs_door(build, wait_for):
    made, sam = await begun(build, wait_for), await staff_of(build)
    line = """insert into handovers (id, booking_id, car_id, way, at, odometer, fuel, staff_id, without_deposit)
              values ($1, $1, $2, 'out', exodrive_private.now(), 1, 1, $3, $4)"""
    with pytest.raises(asyncpg.CheckViolationError, match="no deposit is held"):
        async with sam.door.scope() as db:
            await db.execute(line, made.id, made.order.car_id, sam.actor.id, None)
    async with build.doors.service().scope() as db:
        await db.execute("update staff set role = 'agent' where id = $1", sam.actor.id)
    with pytest.raises(asyncpg.CheckViolationError, match="a manager says so"):
        async with sam.door.scope() as db:
            await db.execute(line, made.id, made.order.car_id, sam.actor.id, "because")
    for fact in ("handed_over_at", "returned_at"):
        with pytest.raises(asyncpg.CheckViolationError, match="nothing was read"):
            async with sam.door.scope() as db:
                await db.execute(f"update bookings set {fact} = exodrive_private.now() where id = $1", made.id)


async def test_clicked_many_times_at_once_it_is_done_once(build, wait_for):
    made, sam, key = await begun(build, wait_for, **FREE), await staff_of(build), new_key()
    told = await asyncio.gather(*(hand_over(sam.door, made.id, OUT, sam.actor, key=key) for _ in range(4)))
    assert len({one.at for one in told}) == 1
    with pytest.raises(NotToHandOver):
        await hand_over(sam.door, made.id, OUT, sam.actor)
    with pytest.raises(KeyReused):
        await hand_over(sam.door, made.id, BACK, sam.actor, key=key)
    key = new_key()
    back = await asyncio.gather(*(take_back(TARIFFS, sam.door, made.id, BACK, sam.actor, key=key) for _ in range(4)))
    assert len({one.at for one in back}) == 1
    with pytest.raises(NotOut):
        await take_back(TARIFFS, sam.door, made.id, BACK, sam.actor)
    assert (await build.history(made)).count("handed_over") == (await build.history(made)).count("returned") == 1


async def test_it_goes_out_on_its_own_days_only_and_never_unpaid(build, wait_for):
    sam, car = await staff_of(build), await build.car(**FREE)
    early, unpaid = await build.paid(car, days_ahead(1, 2)), await build.held(days=days_ahead(1, 2))
    with pytest.raises(TooEarlyToHandOver):
        await hand_over(sam.door, early.id, OUT, sam.actor)
    with pytest.raises(NotToHandOver):
        await hand_over(sam.door, unpaid.id, OUT, sam.actor)
    with pytest.raises(NotOut):
        await take_back(TARIFFS, sam.door, early.id, OUT, sam.actor)
    await wait_for(3 * DAY)
    with pytest.raises(NotToHandOver):
        await hand_over(sam.door, early.id, OUT, sam.actor)


async def test_an_odometer_never_runs_backwards_unless_the_last_reading_was_wrong(build, wait_for):
    made, sam = await begun(build, wait_for, odometer=9000, **FREE), await staff_of(build)
    with pytest.raises(BadInput) as refused:
        await hand_over(sam.door, made.id, OUT, sam.actor)
    assert "9000 mi" in refused.value.fields["odometer"]
    await hand_over(sam.door, made.id, OUT, sam.actor, corrected=True)
    with pytest.raises(BadInput) as refused:
        await take_back(TARIFFS, sam.door, made.id, Reading(8411, 50), sam.actor)
    assert set(refused.value.fields) == {"odometer"}
    backwards = """insert into handovers (id, booking_id, car_id, way, at, odometer, fuel)
                   values ($1, $1, $2, 'in', exodrive_private.now(), 8411, 1)"""
    with pytest.raises(asyncpg.CheckViolationError, match="backwards"):
        async with build.doors.service().scope() as db:
            await db.execute(backwards, made.id, made.order.car_id)


async def test_a_return_may_be_noted_later_but_not_before_it_went_out_or_ahead(build, wait_for):
    made, sam = await begun(build, wait_for, **FREE), await staff_of(build)
    given = await hand_over(sam.door, made.id, OUT, sam.actor)
    await wait_for(2 * DAY)
    for wrong in (given.at - MINUTE, clock.now() + HOUR):
        with pytest.raises(BadInput) as refused:
            await take_back(TARIFFS, sam.door, made.id, BACK, sam.actor, at=wrong)
        assert set(refused.value.fields) == {"at"}
    came = clock.now() - 5 * HOUR
    assert (await take_back(TARIFFS, sam.door, made.id, BACK, sam.actor, at=came)).at == came
    assert (await facts(build, made))[2] == came


async def test_who_comes_after_it_was_noted_that_nobody_did_gets_their_car(build, service, wait_for):
    made, sam = await begun(build, wait_for, **FREE), await staff_of(build)
    await pick_up_in(build, made, -HOUR)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited an hour")
    await hand_over(sam.door, made.id, OUT, sam.actor)
    assert (await facts(build, made))[3] is None
    assert (await build.history(made))[-3:] == ["no_show_noted", "handed_over", "no_show_withdrawn"]
    await wait_for(DAY + 4 * HOUR)
    await no_show.settle_due(service)
    assert await build.status(made) == "active"


async def test_a_pick_up_that_is_moved_later_was_not_missed(build, service):
    made, sam = await build.paid(), await staff_of(build)
    await pick_up_in(build, made, -HOUR)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited an hour")
    await pick_up_in(build, made, 4 * HOUR)
    assert (await facts(build, made))[3] is None


async def test_what_was_not_accepted_is_not_handed_over(build, wait_for):
    made, sam = await begun(build, wait_for, requires_approval=True, **FREE), await staff_of(build)
    with pytest.raises(NotAccepted):
        await hand_over(sam.door, made.id, OUT, sam.actor)
    assert (await facts(build, made))[:2] == ("upcoming", None)


async def test_a_rule_of_the_database_that_keeps_the_key_is_told_calmly(build, wait_for):
    made, sam = await begun(build, wait_for, **FREE), await staff_of(build)
    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute("alter table bookings add constraint test_keeps check (handed_over_at is null) not valid")
    try:
        with pytest.raises(NotReady) as refused:
            await hand_over(sam.door, made.id, OUT, sam.actor)
    finally:
        await owner.execute("alter table bookings drop constraint test_keeps")
        await owner.close()
    assert refused.value.extra == {"rule": "test_keeps"}
    assert await readings(build, made) == []
