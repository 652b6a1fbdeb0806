"""The SQL of answers: accepting while it is time, whose time is over, and which staff are to be reminded of."""

from datetime import datetime

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


async def accept(db: Db, booking_id: BookingId) -> datetime | None:
    """Accept a booking that waits for it, by the database's clock, and return when; None when it does not wait, or no longer.

    The clock is asked once: between two looks at it the time may be over, and what was in time would be written as too late.
    """
    at: datetime | None = await db.fetchval(
        """
        with moment as materialized (select exodrive_private.now() as at)
        update bookings set approved_at = moment.at, updated_at = moment.at from moment
        where id = $1 and status = 'upcoming' and approved_at is null and approval_due_at > moment.at
        returning approved_at""",
        booking_id,
    )
    return at


async def accepted_at(db: Db, booking_id: BookingId) -> datetime | None:
    """Return when a booking was accepted that goes on."""
    at: datetime | None = await db.fetchval(
        "select approved_at from bookings where id = $1 and status in ('upcoming', 'active', 'completed')", booking_id
    )
    return at


async def overdue(db: Db, limit: int) -> list[BookingId]:
    """Return bookings that nobody answered in time, the oldest first."""
    rows = await db.fetch(
        """
        select id from bookings where status = 'upcoming' and approved_at is null and approval_due_at is not null
        and approval_due_at <= (select exodrive_private.now()) order by approval_due_at, id limit $1""",
        limit,
    )
    return [BookingId(row[0]) for row in rows]


async def take_reminders(db: Db, limit: int) -> list[BookingId]:
    """Return bookings whose time to answer is half over, each of them once: whoever takes them reminds staff in the same transaction."""
    rows = await db.fetch(
        """
        update bookings set approval_remind_at = null where id in (
            select id from bookings where status = 'upcoming' and approved_at is null and approval_remind_at is not null
            and approval_remind_at <= (select exodrive_private.now())
            order by approval_remind_at, id limit $1 for update skip locked)
        returning id""",
        limit,
    )
    return [BookingId(row[0]) for row in rows]
