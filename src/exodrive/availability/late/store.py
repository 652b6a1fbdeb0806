"""All SQL of a rental's days that are decided at the car. The caller holds the car's lock and writes the booking itself elsewhere."""

from datetime import date, timedelta

from exodrive.availability.late.model import Hit
from exodrive.availability.model import occupied
from exodrive.availability.store import LIVE
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId


async def claim(db: Db, car_id: CarId, days: Days, booking_id: BookingId, *, turnaround_days: int = 0) -> list[date]:
    """Take for a booking, of these days and of the turnaround after them, what is nobody's; return which days became its own just now.

    The caller has deleted the car's dead holds. Nothing of anybody else's is touched: see ``hits``.
    """
    new = await db.fetch(
        """
        insert into car_availability (car_id, date, status, booking_id)
        select $1, day, case when day > $3 then 'turnaround' else 'booked' end, $2 from unnest($4::date[]) as day order by day
        on conflict (car_id, date) do nothing returning date""",
        car_id,
        booking_id,
        days.end,
        list(occupied(days, turnaround_days)),
    )
    turned = await db.fetch(
        """
        update car_availability set status = 'booked', hold_expires_at = null
        where car_id = $1 and booking_id = $2 and date between $3 and $4 and status <> 'booked' returning date""",
        car_id,
        booking_id,
        days.start,
        days.end,
    )
    return sorted(row[0] for row in [*new, *turned] if row[0] <= days.end)


async def hits(db: Db, car_id: CarId, days: Days, booking_id: BookingId, *, turnaround_days: int = 0) -> list[Hit]:
    """Return who else has some of these days, or of the turnaround after them, each with the first of them; our own work only from
    the last day on, for what was missed of it is missed.
    """
    rows = await db.fetch(
        f"""
        select booking_id, min(date) from car_availability
        where car_id = $1 and date between $2 and $3 and booking_id is distinct from $4 and {LIVE}
          and (booking_id is not null or date >= $5)
        group by booking_id order by 2, 1""",  # noqa: S608 - a constant
        car_id,
        days.start,
        days.end + timedelta(days=turnaround_days),
        booking_id,
        days.end,
    )
    return [Hit(booking_id=row[0], day=row[1]) for row in rows]


async def end_on(db: Db, car_id: CarId, booking_id: BookingId, last: date, *, turnaround_days: int = 0) -> int:
    """Let a rental have ended on a day: what follows is turnaround, and after that anybody's. Returns how many days were given back."""
    freed = await db.fetch(
        "delete from car_availability where booking_id = $1 and car_id = $2 and date > $3 returning date",
        booking_id,
        car_id,
        last + timedelta(days=turnaround_days),
    )
    await db.execute(
        """
        update car_availability set status = 'turnaround', hold_expires_at = null
        where booking_id = $1 and car_id = $2 and date > $3 and status <> 'turnaround'""",
        booking_id,
        car_id,
        last,
    )
    return len(freed)
