"""The SQL of endings: what one is decided from, what may still go back, and what was decided."""

from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.bookings.endings import ENDING, Ending, Terms, ending_of
from exodrive.bookings.model import Tier
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


async def gone(db: Db, booking_id: BookingId) -> Decimal:
    """Return how much of a booking's money is known to have gone back, or is on its way back."""
    amount: Decimal | None = await db.fetchval(
        """
        select p.refunded_amount + coalesce((
            select sum(o.amount) from payment_operations o where o.booking_id = p.booking_id and o.kind = 'refund'
            and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)), 0)
        from payments p where p.booking_id = $1""",
        booking_id,
    )
    return amount or Decimal(0)


async def terms(db: Db, booking_id: BookingId) -> Terms:
    """Return what the end of a booking is decided from. The caller holds the lock of its car."""
    row = await db.fetchrow(
        """
        select pickup_at, handed_over_at, no_show_at, cancellation_tiers, case when approved_at is null then approval_due_at end
        from bookings where id = $1""",
        booking_id,
    )
    assert row is not None, "it was read under the lock before"
    return Terms(row[0], row[1], row[2], msgspec.convert(row[3], tuple[Tier, ...]), row[4])


async def write(db: Db, booking_id: BookingId, ending: Ending, reason: str | None) -> None:
    """Write how a booking ends, before it does: rules of the database hold the one against the other."""
    await db.execute(
        "insert into booking_endings (booking_id, how, percent, paid, refund, currency, reason) values ($1, $2, $3, $4, $5, $6, $7)",
        booking_id,
        ending.how,
        ending.percent,
        ending.paid,
        ending.refund,
        ending.currency,
        reason,
    )


async def find(db: Db, booking_id: BookingId) -> Ending | None:
    """Return how a paid booking ended."""
    row = await db.fetchrow(f"select {ENDING} from booking_endings e where e.booking_id = $1", booking_id)  # noqa: S608
    return ending_of(row) if row else None


async def set_no_show(db: Db, booking_id: BookingId, at: datetime | None) -> None:
    """Set from when on a booking is a no-show, or take it back. The caller holds the lock of its car."""
    await db.execute(
        "update bookings set no_show_at = $2, updated_at = (select exodrive_private.now()) where id = $1",
        booking_id,
        at,
    )


async def due_no_shows(db: Db, limit: int) -> list[BookingId]:
    """Return bookings that nobody came for and whose time to take that back is over, the oldest first."""
    rows = await db.fetch(
        """
        select id from bookings where status in ('upcoming', 'active') and handed_over_at is null
        and no_show_at <= (select exodrive_private.now()) order by no_show_at, id limit $1""",
        limit,
    )
    return [BookingId(row[0]) for row in rows]
