"""The SQL of endings."""

from decimal import Decimal

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
