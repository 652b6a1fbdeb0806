"""A car that is not back keeps the next day or clashes with whoever has it; one that is back early gives its days back."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import pytest

from exodrive.availability.model import CarTaken
from exodrive.charges.model import Tariffs
from exodrive.flows import cancel
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.model import Step
from exodrive.flows.overdue import claim, close, letter
from exodrive.flows.overdue.close import NoClash
from exodrive.flows.rental.errors import NotBack
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at, moment_at
from exodrive.mail.model import House
from tests.builders import days_ahead, new_key
from tests.flows.ending import staff_of
from tests.garage import ZONE

DAY = timedelta(days=1)
FREE = {"price": {"deposit_amount": 0}}
OUT, BACK = Reading(10, 100), Reading(20, 100)
CLASHES = "select hit_id, day, how, alarmed_at is not null from booking_clashes where late_id = $1 order by opened_at, day"


async def out(build, wait_for, days=1, **car):
    """A booking of so many days whose car went out on the first of them, today at nine; its car, and who gave the key."""
    car, sam = await build.car(**(FREE | car)), await staff_of(build)
    made = await build.paid(car, days_ahead(1, days))
    await wait_for(moment_at(made.order.start, time(9), ZONE) - clock.now())
    await hand_over(sam.door, made.id, OUT, sam.actor)
    return made, car, sam


def today():
    return day_at(clock.now(), ZONE)


async def states(build, made):
    """Its days, counted from its first, with their states."""
    return [((day - made.order.start).days, status) for day, status in await build.days_of(made)]


async def test_a_late_car_keeps_each_day_that_comes_and_its_turnaround_and_what_was_sold_stays(build, service, wait_for):
    made, car, sam = await out(build, wait_for, 2, turnaround_days=1)
    await wait_for(DAY)
    await claim.look_at(service, made.id)
    assert await states(build, made) == [(0, "booked"), (1, "booked"), (2, "turnaround")], "its last day is not over"
    for late in (2, 3):
        await wait_for(DAY)
        assert made.id in await late_ones(build, service)
        await claim.look_at(service, made.id)
        assert await states(build, made) == [*((day, "booked") for day in range(late + 1)), (late + 1, "turnaround")]
    assert await build.value("select end_date from bookings where id = $1", made.id) == made.order.end
    assert (await build.history(made)).count("late_days_kept") == 2
    with pytest.raises(CarTaken):
        await build.held(car, Days(today(), today()))
    await take_back(Tariffs(), sam.door, made.id, BACK, sam.actor)
    assert await states(build, made) == [*((day, "booked") for day in range(4)), (4, "turnaround")], "kept days are facts"
    assert made.id not in await late_ones(build, service)


async def late_ones(build, service):
    async with service.door.scope() as db:
        return await claim.store.to_look_at(db, 1000)


async def test_days_missed_while_no_worker_ran_are_kept_with_the_present_one(build, service, wait_for):
    made, _car, _sam = await out(build, wait_for)
    await wait_for(3 * DAY)
    await asyncio.gather(*(claim.look_at(service, made.id) for _ in range(3)))
    assert await states(build, made) == [(day, "booked") for day in range(4)]
    assert (await build.history(made)).count("late_days_kept") == 1


async def test_midnight_is_the_cars_own_also_in_the_night_its_clocks_go_back(build, service, wait_for):
    """In Santiago the hour before midnight of the 4th of April 2027 comes twice."""
    made, _car, _sam = await out(build, wait_for)
    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute("update bookings set time_zone = 'America/Santiago', end_date = '2027-04-03' where id = $1", made.id)
    await owner.close()
    before = await build.days_of(made)
    for at, keeps in ((datetime(2027, 4, 4, 3, 59, tzinfo=UTC), False), (datetime(2027, 4, 4, 4, 0, 30, tzinfo=UTC), True)):
        await wait_for(at - clock.now())
        await claim.look_at(service, made.id)
        assert await build.days_of(made) == before + [(date(2027, 4, 4), "booked")] * keeps


async def test_a_day_that_is_sold_is_a_clash_until_the_car_is_back_and_nobody_else_gets_the_key(build, service, office, resend, wait_for):
    made, car, sam = await out(build, wait_for)
    nxt = await build.paid(car, days_ahead(1, 2))
    await wait_for(DAY)
    for _twice in range(2):
        await asyncio.gather(*(claim.look_at(service, made.id) for _ in range(2)))
    assert await build.rows(CLASHES, made.id) == [(nxt.id, nxt.order.start, None, False)]
    assert await states(build, made) == [(0, "booked")]
    with pytest.raises(NotBack) as refused:
        await hand_over(sam.door, nxt.id, OUT, sam.actor)
    assert refused.value.extra == {"reference": made.reference}
    [(work, clash_id)] = await build.rows(
        """select o.id, k.id from outbox o join booking_clashes k on o.payload ->> 'clash_id' = k.id::text where k.late_id = $1""", made.id
    )
    await letter.send(replace(office, house=House(company="Test Cars", support_email="desk@shop.example")), work, clash_id)
    [mail] = [mail for mail in await resend.control("GET", "mails") if made.reference in mail["text"]]
    assert nxt.reference in mail["text"]
    await take_back(Tariffs(), sam.door, made.id, BACK, sam.actor)
    assert await build.rows(CLASHES, made.id) == [(nxt.id, nxt.order.start, "returned", True)]
    assert "clash_closed" in await build.history(nxt)
    await hand_over(sam.door, nxt.id, BACK, sam.actor)


async def test_it_is_over_when_the_other_goes_and_then_the_day_is_kept(build, service, wait_for):
    made, car, sam = await out(build, wait_for)
    nxt = await build.paid(car, days_ahead(1, 2))
    await wait_for(DAY)
    await claim.look_at(service, made.id)
    await cancel.by_staff(build.world, sam.door, nxt.id, sam.actor, "no car for them")
    await claim.look_at(service, made.id)
    assert [row[2] for row in await build.rows(CLASHES, made.id)] == ["freed"]
    assert await states(build, made) == [(0, "booked"), (1, "booked")]


async def test_staff_close_it_with_a_reason_once_and_it_does_not_open_again(build, service, wait_for):
    made, car, sam = await out(build, wait_for)
    await build.paid(car, days_ahead(1, 2))
    await wait_for(DAY)
    await claim.look_at(service, made.id)
    clash_id, key = await build.value("select id from booking_clashes where late_id = $1", made.id), new_key()
    for _twice in range(2):
        await close.by_staff(sam.door, clash_id, sam.actor, "they take the other car", key=key)
    with pytest.raises(NoClash):
        await close.by_staff(sam.door, clash_id, sam.actor, "again")
    await claim.look_at(service, made.id)
    assert [row[2] for row in await build.rows(CLASHES, made.id)] == ["staff"]
    assert [action for action, _details in await sam.noted(build)][-1] == "clash_closed"


async def test_nobody_who_has_not_paid_yet_is_sold_a_car_that_is_not_there(build, payer, world, service, wait_for):
    made, car, _sam = await out(build, wait_for)
    await wait_for(DAY - timedelta(minutes=5))
    unpaid = await build.held(car, Days(made.order.end + DAY, made.order.end + 2 * DAY))
    order_id = await payer.approved(unpaid)
    await wait_for(timedelta(minutes=5))
    await claim.look_at(service, made.id)
    assert [row[0] for row in await build.rows(CLASHES, made.id)] == [unpaid.id]
    assert (await pay.capture(world, order_id)).step is Step.GONE
    assert (await build.status(unpaid), await payer.captures(order_id)) == ("expired", [])
    await claim.look_at(service, made.id)
    assert (await states(build, made))[-1] == (1, "booked")


async def test_a_hold_that_ran_out_dies_and_is_no_clash(build, service, wait_for):
    made, car, _sam = await out(build, wait_for)
    await wait_for(DAY)
    unpaid = await build.held(car, Days(today(), today()))
    await build.lapse(unpaid)
    await claim.look_at(service, made.id)
    assert (await build.status(unpaid), await build.rows(CLASHES, made.id)) == ("expired", [])
    assert (await states(build, made))[-1] == (1, "booked")


async def test_of_a_late_car_and_a_checkout_for_that_day_one_wins(build, service, wait_for):
    made, car, _sam = await out(build, wait_for)
    await wait_for(DAY)
    order = build.held(car, Days(today(), today()))
    held, _looked = await asyncio.gather(order, claim.look_at(service, made.id), return_exceptions=True)
    kept = (await states(build, made))[-1] == (1, "booked")
    assert kept is isinstance(held, CarTaken)
    await claim.look_at(service, made.id)
    assert bool(await build.rows(CLASHES, made.id)) is not kept


async def test_what_we_do_ourselves_that_day_is_a_clash_too(build, service, wait_for):
    made, car, _sam = await out(build, wait_for)
    async with build.doors.service().scope() as db:
        await db.execute("insert into car_availability (car_id, date, status) values ($1, $2, 'maintenance')", car.id, made.order.end + DAY)
    await wait_for(DAY)
    await claim.look_at(service, made.id)
    assert [row[:3] for row in await build.rows(CLASHES, made.id)] == [(None, made.order.end + DAY, None)]


async def test_days_after_an_early_return_are_free_at_once_and_the_turnaround_moves_forward(build, wait_for):
    made, car, sam = await out(build, wait_for, 5, turnaround_days=1)
    await wait_for(DAY)
    await take_back(Tariffs(), sam.door, made.id, BACK, sam.actor)
    assert await states(build, made) == [(0, "booked"), (1, "booked"), (2, "turnaround")]
    assert (await build.history(made))[-1] == "days_given_back"
    await build.held(car, days_ahead(2, 3))


async def test_the_database_lets_a_car_be_out_once(build, wait_for):
    _made, car, _sam = await out(build, wait_for)
    nxt = await build.paid(car, days_ahead(1, 2))
    with pytest.raises(asyncpg.UniqueViolationError):
        async with build.doors.service().scope() as db:
            await db.execute("update bookings set status = 'active', handed_over_at = exodrive_private.now() where id = $1", nxt.id)
