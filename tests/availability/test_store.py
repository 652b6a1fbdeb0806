"""Car-days in the database: held, sold, given back, and never sold twice."""

import asyncio
from datetime import date, datetime, timedelta
from random import Random

import asyncpg
import pytest

from exodrive.availability import store
from exodrive.availability.model import CarTaken, DayStatus, Reason, TakenDay
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId, new_id
from tests.garage import insert_booking, new_booking, new_car

MONTH = Days.parse("2026-06-01..30")
JUNE = "2026-06-{:02}".format


def soon() -> datetime:
    return clock.now() + timedelta(minutes=20)


def gone() -> datetime:
    return clock.now() - timedelta(seconds=1)


async def rows(doors, car_id):
    """The rows of a car as they are: day of June, state, whether held without end."""
    async with doors.service().scope() as db:
        found = await db.fetch(
            "select date, status, hold_expires_at = 'infinity' from car_availability where car_id = $1 order by date", car_id
        )
    return [(day.day, status, bool(endless)) for day, status, endless in found]


async def taken(doors, car_id, role="anon"):
    async with getattr(doors, role)().scope() as db:
        return [(entry.date.day, entry.reason) for entry in await store.taken_days(db, car_id, MONTH)]


async def hold(doors, car, days, until=None, *, turnaround_days=0):
    """Claim days as the checkout does, and a booking for them."""
    booking = BookingId(new_id())
    async with doors.checkout().scope() as db:
        await store.lock_cars(db, [car.id])
        await store.claim_more(db, car.id, Days.parse(days), booking, until or soon(), turnaround_days=turnaround_days)
        await insert_booking(db, booking, car.id, Days.parse(days))
    return booking


async def test_a_claimed_day_is_taken_for_everybody_and_says_why_in_one_word(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-02..03")
    for role in ("anon", "checkout", "service"):
        assert await taken(doors, car.id, role) == [(2, Reason.HELD), (3, Reason.HELD)]


async def test_a_day_already_claimed_is_refused(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-01..03")
    with pytest.raises(CarTaken) as refused:
        await hold(doors, car, "2026-06-03..05")
    assert (refused.value.status, refused.value.days) == (409, Days.parse("2026-06-03..05"))
    assert str(refused.value) == "Car just got booked – pick another date"
    assert await rows(doors, car.id) == [(1, "pending", False), (2, "pending", False), (3, "pending", False)]


async def test_a_refused_claim_leaves_nothing_behind(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-05")
    with pytest.raises(CarTaken):
        await hold(doors, car, "2026-06-03..07")
    assert await taken(doors, car.id) == [(5, Reason.HELD)]


async def test_the_next_renter_may_begin_the_day_after(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-01..03")
    await hold(doors, car, "2026-06-04..05")
    assert len(await taken(doors, car.id)) == 5


async def test_another_car_is_free_on_the_same_days(doors):
    one, other = await new_car(doors), await new_car(doors)
    await hold(doors, one, "2026-06-01..03")
    await hold(doors, other, "2026-06-01..03")


async def test_a_dead_hold_counts_as_free_before_anybody_tidies(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-02..03", gone())
    assert await taken(doors, car.id) == []
    assert len(await rows(doors, car.id)) == 2


async def test_dead_holds_go_with_the_next_claim_and_name_their_bookings(doors):
    car = await new_car(doors)
    dead, other_dead = await hold(doors, car, "2026-06-02..03", gone()), await hold(doors, car, "2026-06-20", gone())
    alive = await hold(doors, car, "2026-06-10")
    async with doors.checkout().scope() as db:
        await store.lock_cars(db, [car.id])
        assert await store.delete_dead_holds(db, car.id) == sorted([dead, other_dead])
        assert await store.delete_dead_holds(db, car.id) == []
        booking = BookingId(new_id())
        await store.claim_more(db, car.id, Days.parse("2026-06-03..04"), booking, soon())
        await insert_booking(db, booking, car.id, Days.parse("2026-06-03..04"))
    async with doors.service().scope() as db:
        owners = await db.fetch("select distinct booking_id from car_availability where car_id = $1", car.id)
    assert {row[0] for row in owners} == {alive, booking}


async def test_a_spared_booking_keeps_its_dead_hold(doors):
    car = await new_car(doors)
    mine, theirs = await hold(doors, car, "2026-06-02", gone()), await hold(doors, car, "2026-06-03", gone())
    async with doors.checkout().scope() as db:
        await store.lock_cars(db, [car.id])
        assert await store.delete_dead_holds(db, car.id, spare=mine) == [theirs]
    assert await rows(doors, car.id) == [(2, "pending", False)]


async def test_turnaround_is_claimed_with_the_rental_and_must_be_free(doors):
    car = await new_car(doors, turnaround_days=1)
    await hold(doors, car, "2026-06-05..06", turnaround_days=1)
    assert [day for day, _ in await taken(doors, car.id)] == [5, 6, 7]
    with pytest.raises(CarTaken):
        await hold(doors, car, "2026-06-07..08", turnaround_days=1)
    with pytest.raises(CarTaken):
        await hold(doors, car, "2026-06-03..04", turnaround_days=1)
    await hold(doors, car, "2026-06-02..03", turnaround_days=1)


async def test_a_sold_rental_is_booked_and_its_turnaround_is_service(doors):
    car = await new_car(doors, turnaround_days=2)
    booking = await hold(doors, car, "2026-06-05..06", turnaround_days=2)
    async with doors.checkout().scope() as db:
        assert await store.book(db, booking) == 4
    assert await rows(doors, car.id) == [(5, "booked", False), (6, "booked", False), (7, "turnaround", False), (8, "turnaround", False)]
    assert await taken(doors, car.id) == [(5, Reason.BOOKED), (6, Reason.BOOKED), (7, Reason.SERVICE), (8, Reason.SERVICE)]


async def test_booking_twice_changes_nothing_the_second_time(doors):
    car = await new_car(doors)
    booking = await hold(doors, car, "2026-06-05..06")
    async with doors.checkout().scope() as db:
        assert await store.book(db, booking) == 2
        assert await store.book(db, booking) == 0


async def test_days_kept_for_a_payment_never_lapse(doors):
    car = await new_car(doors)
    booking = await hold(doors, car, "2026-06-02..03")
    async with doors.checkout().scope() as db:
        await store.lock_cars(db, [car.id])
        assert await store.keep_for_payment(db, booking, car.id, Days.parse("2026-06-02..03"))
    assert await rows(doors, car.id) == [(2, "pending", True), (3, "pending", True)]


async def test_a_lapsed_hold_is_taken_back_for_the_payment_while_its_days_are_free(doors):
    car = await new_car(doors, turnaround_days=1)
    booking = await hold(doors, car, "2026-06-02..03", gone(), turnaround_days=1)
    async with doors.service().scope() as db:
        await db.execute("delete from car_availability where car_id = $1 and date = $2", car.id, date(2026, 6, 3))
    async with doors.checkout().scope() as db:
        await store.lock_cars(db, [car.id])
        await store.delete_dead_holds(db, car.id, spare=booking)
        assert await store.keep_for_payment(db, booking, car.id, Days.parse("2026-06-02..03"), turnaround_days=1)
    assert await rows(doors, car.id) == [(2, "pending", True), (3, "pending", True), (4, "pending", True)]


async def test_when_one_day_is_lost_nothing_is_kept_and_nothing_changes(doors):
    car = await new_car(doors)
    late = await hold(doors, car, "2026-06-02..03", gone())
    async with doors.service().scope() as db:
        await db.execute("delete from car_availability where car_id = $1 and date = $2", car.id, date(2026, 6, 3))
    await hold(doors, car, "2026-06-03..04")
    before = await rows(doors, car.id)
    async with doors.checkout().scope() as db:
        await store.lock_cars(db, [car.id])
        assert not await store.keep_for_payment(db, late, car.id, Days.parse("2026-06-02..03"))
    assert await rows(doors, car.id) == before


async def test_a_declined_payment_lets_the_hold_run_out_again(doors):
    car = await new_car(doors)
    booking = await hold(doors, car, "2026-06-02")
    async with doors.checkout().scope() as db:
        await store.keep_for_payment(db, booking, car.id, Days.parse("2026-06-02"))
        await store.restore_hold(db, booking, soon())
    assert await rows(doors, car.id) == [(2, "pending", False)]
    async with doors.checkout().scope() as db:
        await store.restore_hold(db, booking, gone())
    assert await taken(doors, car.id) == []


async def test_given_back_days_are_free(doors):
    car = await new_car(doors, turnaround_days=1)
    booking = await hold(doors, car, "2026-06-02..03", turnaround_days=1)
    async with doors.checkout().scope() as db:
        assert await store.free(db, booking) == 3
    assert await rows(doors, car.id) == []


async def test_the_checkout_cannot_give_back_days_that_are_paid_or_being_paid(doors):
    car = await new_car(doors)
    paying, paid = await hold(doors, car, "2026-06-02"), await hold(doors, car, "2026-06-05")
    async with doors.checkout().scope() as db:
        await store.keep_for_payment(db, paying, car.id, Days.parse("2026-06-02"))
        await store.book(db, paid)
    async with doors.checkout().scope() as db:
        assert await store.free(db, paying) == 0
        assert await store.free(db, paid) == 0
    async with doors.service().scope() as db:
        assert await store.free(db, paid) == 1


async def test_the_checkout_cannot_hold_for_hours_nor_sell_what_nobody_held(doors):
    car = await new_car(doors)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await hold(doors, car, "2026-06-02", clock.now() + timedelta(hours=2))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with doors.checkout().scope() as db:
            await store.block(db, car.id, Days.parse("2026-06-02"), DayStatus.BLOCKED)


async def test_days_without_a_booking_do_not_survive_the_commit(doors):
    car = await new_car(doors)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with doors.checkout().scope() as db:
            await store.claim_more(db, car.id, Days.parse("2026-06-02"), BookingId(new_id()), soon())
    assert await rows(doors, car.id) == []


async def test_service_days_are_taken_and_refuse_to_cover_a_rental(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-05")
    async with doors.service().scope() as db:
        await store.block(db, car.id, Days.parse("2026-06-02..03"), DayStatus.MAINTENANCE, "New tyres")
    assert (2, Reason.SERVICE) in await taken(doors, car.id)
    with pytest.raises(CarTaken):
        async with doors.service().scope() as db:
            await store.block(db, car.id, Days.parse("2026-06-04..06"), DayStatus.BLOCKED)
    assert len(await rows(doors, car.id)) == 3


async def test_only_the_days_asked_for_are_told(doors):
    car = await new_car(doors)
    await hold(doors, car, "2026-06-01..10")
    async with doors.anon().scope() as db:
        found = await store.taken_days(db, car.id, Days.parse("2026-06-03..04"))
    assert found == [TakenDay(date(2026, 6, 3), Reason.HELD), TakenDay(date(2026, 6, 4), Reason.HELD)]


async def test_who_waits_for_the_lock_sees_what_the_holder_committed(doors):
    car = await new_car(doors)
    booking = await new_booking(doors, car.id, Days.parse("2026-06-02"))
    locked, seen = asyncio.Event(), []

    async def first():
        async with doors.checkout().scope() as db:
            await store.lock_cars(db, [car.id])
            locked.set()
            await asyncio.sleep(0.2)
            await store.claim_more(db, car.id, Days.parse("2026-06-02"), booking, soon())

    async def second():
        await locked.wait()
        async with doors.service().scope() as db:
            await store.lock_cars(db, [car.id])
            seen.extend(await store.taken_days(db, car.id, MONTH))

    await asyncio.gather(first(), second())
    assert [entry.date for entry in seen] == [date(2026, 6, 2)]


async def test_two_cars_are_locked_in_one_order_whatever_the_order_asked(doors):
    cars = [(await new_car(doors)).id for _ in range(2)]

    async def lock(order):
        async with doors.service().scope() as db:
            await store.lock_cars(db, order)
            await asyncio.sleep(0.02)

    await asyncio.wait_for(asyncio.gather(*(lock(cars if number % 2 else cars[::-1]) for number in range(12))), 20)


async def test_of_many_at_once_the_winners_have_all_their_days_and_share_none(doors):
    car = await new_car(doors)
    rng = Random(7)
    wanted = []
    for _ in range(80):
        first = rng.randint(1, 20)
        wanted.append(f"{JUNE(first)}..{min(first + rng.randint(0, 6), 26):02}")

    results = await asyncio.gather(*(hold(doors, car, days) for days in wanted), return_exceptions=True)

    won = [Days.parse(days) for days, result in zip(wanted, results, strict=True) if not isinstance(result, Exception)]
    assert won
    assert all(isinstance(result, CarTaken) for result in results if isinstance(result, Exception))
    assert sorted(day for days in won for day in days) == [date(2026, 6, day) for day, _, _ in await rows(doors, car.id)]
    # Nobody was refused for nothing: every loser meets a winner.
    assert all(any(days.overlaps(Days.parse(lost)) for days in won) for lost in wanted)
