"""All SQL of car-days; the checkout holds days in the statement that writes their booking.

A day is taken when it has a row, except a ``pending`` row whose hold has run out: everybody reads that as free at once, and the next claim
under the car's lock removes it. Who writes takes the locks of all cars involved first (``lock_cars``, a statement of its own, so that what
follows sees what the holder before has committed), and writes in day order.

Turnaround days are claimed with the rental: ``pending`` while it is unpaid, ``turnaround`` once it is booked, and gone with it when it ends
unpaid. A rental is refused when its turnaround meets a taken day.
"""

from collections.abc import Iterable
from datetime import datetime

from exodrive.availability.model import CarTaken, DayStatus, TakenDay, occupied, reason_of
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId

LIVE = "(status <> 'pending' or hold_expires_at > (select exodrive_private.now()))"


async def lock_cars(db: Db, car_ids: Iterable[CarId]) -> None:
    """Wait for the locks of these cars, in id order, until the transaction ends; LockNotAvailableError after the scope's lock_timeout."""
    for car_id in sorted(set(car_ids)):
        await db.fetchval("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", car_id)


async def taken_days(db: Db, car_id: CarId, days: Days, *, besides: BookingId | None = None) -> list[TakenDay]:
    """Return the taken days of a car in a range, in order, ``besides`` those of one's own booking; dead holds are free days."""
    own = "" if besides is None else "and booking_id is distinct from $4"  # anybody may ask, and few may see whose a day is
    rows = await db.fetch(
        f"select date, status from car_availability where car_id = $1 and date between $2 and $3 {own} and {LIVE} order by date",  # noqa: S608
        car_id,
        days.start,
        days.end,
        *filter(None, [besides]),
    )
    return [TakenDay(day, reason_of(status)) for day, status in rows]


async def claim_more(db: Db, car_id: CarId, days: Days, booking_id: BookingId, expires_at: datetime, *, turnaround_days: int = 0) -> None:
    """Hold for a paid booking, until a moment, those of these days and of the turnaround after them that it has not got.

    The caller holds the car's lock and has deleted its dead holds. Raises CarTaken when any day is somebody else's: roll back then.
    """
    wanted = occupied(days, turnaround_days)
    await _insert(db, car_id, wanted, booking_id, expires_at)
    if await _own(db, car_id, wanted, booking_id) < len(wanted):
        raise CarTaken(car_id, days)


async def _own(db: Db, car_id: CarId, days: Days, booking_id: BookingId, status: DayStatus | None = None) -> int:
    number: int = await db.fetchval(
        """
        select count(*) from car_availability
        where car_id = $1 and date between $2 and $3 and booking_id = $4 and ($5::text is null or status = $5)""",
        car_id,
        days.start,
        days.end,
        booking_id,
        status,
    )
    return number


async def _insert(db: Db, car_id: CarId, days: Days, booking_id: BookingId, expires_at: datetime | None) -> None:
    """Insert free days in day order, ``None`` for a hold without end."""
    await db.execute(
        """
        insert into car_availability (car_id, date, status, booking_id, hold_expires_at)
        select $1, day, 'pending', $2, coalesce($3::timestamptz, 'infinity') from unnest($4::date[]) as day order by day
        on conflict (car_id, date) do nothing""",
        car_id,
        booking_id,
        expires_at,
        list(days),
    )


async def delete_dead_holds(db: Db, car_id: CarId, *, spare: BookingId | None = None) -> list[BookingId]:
    """Remove all days of a car whose hold has run out, except those of ``spare``; return the bookings that lost them, to be expired.

    The caller holds the car's lock.
    """
    rows = await db.fetch(
        """
        delete from car_availability
        where car_id = $1 and status = 'pending' and hold_expires_at <= (select exodrive_private.now())
          and booking_id is distinct from $2
        returning booking_id""",
        car_id,
        spare,
    )
    return sorted({row[0] for row in rows})


async def keep_for_payment(db: Db, booking_id: BookingId, car_id: CarId, days: Days, *, turnaround_days: int = 0) -> bool:
    """Make the days a booking holds last until its payment is decided, taking back any it has lost while they are still free.

    The caller holds the car's lock and has deleted the others' dead holds (``delete_dead_holds(spare=booking_id)``). Returns False, and
    changes nothing, when any day belongs to somebody else now: nothing may be captured then.
    """
    wanted = occupied(days, turnaround_days)
    others = await db.fetchval(
        "select count(*) from car_availability where car_id = $1 and date between $2 and $3 and booking_id is distinct from $4",
        car_id,
        wanted.start,
        wanted.end,
        booking_id,
    )
    if others:
        return False
    await db.execute("update car_availability set hold_expires_at = 'infinity' where booking_id = $1 and status = 'pending'", booking_id)
    await _insert(db, car_id, wanted, booking_id, None)
    return True


async def restore_hold(db: Db, booking_id: BookingId, until: datetime) -> None:
    """Let a booking's held days run out at a moment again: its payment was declined and may be tried once more."""
    await db.execute("update car_availability set hold_expires_at = $2 where booking_id = $1 and status = 'pending'", booking_id, until)


async def book(db: Db, booking_id: BookingId) -> int:
    """Sell the days a booking holds: they become ``booked``, those after its last day ``turnaround``. Returns how many days that were."""
    rows = await db.fetch(
        """
        update car_availability a
        set status = case when a.date > b.end_date then 'turnaround' else 'booked' end, hold_expires_at = null
        from bookings b where b.id = a.booking_id and a.booking_id = $1 and a.status = 'pending' returning a.date""",
        booking_id,
    )
    return len(rows)


async def move(db: Db, car_id: CarId, days: Days, booking_id: BookingId, *, turnaround_days: int = 0) -> bool:
    """Let a paid booking have these days of a car with the turnaround after them, and no others; False unless it has every one.

    The caller holds the locks of all cars involved, has claimed what was not the booking's, and has written the new days into the booking.
    """
    wanted = occupied(days, turnaround_days)
    await db.execute(
        "delete from car_availability where booking_id = $1 and not (car_id = $2 and date between $3 and $4)",
        booking_id,
        car_id,
        wanted.start,
        wanted.end,
    )
    await db.execute(
        """
        update car_availability set status = case when date > $2 then 'turnaround' else 'booked' end, hold_expires_at = null
        where booking_id = $1 and status <> case when date > $2 then 'turnaround' else 'booked' end""",
        booking_id,
        days.end,
    )
    return await _own(db, car_id, days, booking_id, DayStatus.BOOKED) == len(days)


async def free_more(db: Db, booking_id: BookingId) -> None:
    """Give back the days that are held for a paid booking beyond those it has; what was kept without end first gets one."""
    await db.execute(
        """
        update car_availability set hold_expires_at = (select exodrive_private.now())
        where booking_id = $1 and hold_expires_at = 'infinity'""",
        booking_id,
    )
    await db.execute("delete from car_availability where booking_id = $1 and status = 'pending'", booking_id)


async def free(db: Db, booking_id: BookingId) -> int:
    """Give back all days of a booking; the checkout's role may only give back unpaid ones. Returns how many days that were."""
    return len(await db.fetch("delete from car_availability where booking_id = $1 returning date", booking_id))


async def block(db: Db, car_id: CarId, days: Days, status: DayStatus, note: str | None = None) -> None:
    """Take days out of the shop (``maintenance`` or ``blocked``). The caller holds the car's lock; CarTaken when a day is not free."""
    rows = await db.fetch(
        """
        insert into car_availability (car_id, date, status, note) select $1, day, $2, $3 from unnest($4::date[]) as day order by day
        on conflict (car_id, date) do nothing returning date""",
        car_id,
        status,
        note,
        list(days),
    )
    if len(rows) < len(days):
        raise CarTaken(car_id, days)
