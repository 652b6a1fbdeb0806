"""All SQL about orders at PayPal, as the money's book tells of them."""

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


class Opened(msgspec.Struct, frozen=True):
    """By which attempt an order was opened, and whom PayPal said it pays."""

    attempt: int
    payee: str | None


async def opened_by(db: Db, booking_id: BookingId, order_id: str) -> Opened | None:
    """Return how an order of a booking, or of a change of it, was opened; None for one that we did not open for it."""
    row = await db.fetchrow(
        """
        select o.attempt, r.details ->> 'merchant_id' from payment_operations o join payment_results r on r.operation_id = o.id
        where o.booking_id = $1 and o.kind = 'create_order' and r.provider_id = $2 and r.outcome = 'succeeded'""",
        booking_id,
        order_id,
    )
    return Opened(*row) if row else None


async def payee_of(db: Db, booking_id: BookingId, capture_id: str) -> str | None:
    """Return who was paid by a capture; None when nobody was named."""
    payee: str | None = await db.fetchval(
        """
        select o.request ->> 'payee' from payment_operations o join payment_results r on r.operation_id = o.id
        where o.booking_id = $1 and o.kind = 'capture' and r.provider_id = $2 and r.outcome = 'succeeded'""",
        booking_id,
        capture_id,
    )
    return payee
