"""How many of each extra are out on some days."""

from datetime import UTC, date, datetime, timedelta

from exodrive.kit.days import Days
from exodrive.overview.extras import extras_taken
from tests.garage import insert, new_booking, new_car

DAYS = Days(date(2031, 6, 1), date(2031, 6, 3))
LATER = datetime.now(UTC) + timedelta(minutes=20)
BEFORE = datetime.now(UTC) - timedelta(minutes=1)


async def booked(doors, days, extras, *, status="booked", until=None, turnaround=0):
    car = await new_car(doors)
    booking = await new_booking(doors, car.id, days, status="pending" if until else "upcoming")
    async with doors.service().scope() as db:
        for number, day in enumerate(Days(days.start, days.end + timedelta(days=turnaround))):
            kind = status if number < len(days) else "turnaround"
            held = until if kind == "pending" else None
            await insert(db, "car_availability", car_id=car.id, date=day, status=kind, booking_id=booking, hold_expires_at=held)
        for code, quantity in extras.items():
            await insert(db, "booking_extras", booking_id=booking, code=code, quantity=quantity)
    return booking


async def taken(doors, *codes, days=DAYS, besides=None):
    async with doors.checkout().scope() as db:
        return await extras_taken(db, codes, days, besides=besides)


async def test_the_most_that_are_out_on_any_one_day_count(doors):
    await booked(doors, Days.parse("2031-06-01..02"), {"a-seat": 1, "a-rack": 4})
    await booked(doors, Days.parse("2031-06-02..05"), {"a-seat": 2})
    await booked(doors, Days.parse("2031-06-03"), {"a-seat": 1})
    await booked(doors, Days.parse("2031-05-20..31"), {"a-seat": 9})
    assert await taken(doors, "a-seat", "a-rack", "a-tent") == {"a-seat": 3, "a-rack": 4, "a-tent": 0}
    assert await taken(doors, "a-seat", days=Days.parse("2031-06-05..09")) == {"a-seat": 2}


async def test_held_extras_are_out_until_the_hold_lapses(doors):
    await booked(doors, DAYS, {"b-seat": 1}, status="pending", until=LATER)
    await booked(doors, DAYS, {"b-seat": 2}, status="pending", until=BEFORE)
    assert await taken(doors, "b-seat") == {"b-seat": 1}


async def test_extras_are_back_when_the_car_is_cleaned(doors):
    await booked(doors, Days.parse("2031-05-31"), {"c-seat": 1}, turnaround=2)
    assert await taken(doors, "c-seat") == {"c-seat": 0}


async def test_ones_own_booking_can_be_left_out(doors):
    mine = await booked(doors, DAYS, {"d-seat": 1})
    await booked(doors, DAYS, {"d-seat": 2})
    assert await taken(doors, "d-seat", besides=mine) == {"d-seat": 2}
