"""All SQL that changes the summary of a payment. It follows what the book records, in the same transaction."""

from collections.abc import Sequence
from decimal import Decimal

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.payments.model import PaymentStatus


async def opened(db: Db, booking_id: BookingId, order_id: str, approve_url: str | None) -> None:
    """Remember where the renter approves the payment."""
    await db.execute(
        """
        update payments set status = 'pending', paypal_order_id = $2, approve_url = $3, updated_at = (select exodrive_private.now())
        where booking_id = $1 and status in ('pending', 'failed')""",
        booking_id,
        order_id,
        approve_url,
    )


async def forget_order(db: Db, booking_id: BookingId, order_id: str) -> None:
    """Forget that a booking is paid by an order, unless it has another by now: the next payment opens a new one."""
    query = "update payments set approve_url = null, updated_at = (select exodrive_private.now()) where booking_id = $1"
    await db.execute(f"{query} and paypal_order_id = $2", booking_id, order_id)


async def set_status(db: Db, booking_ids: Sequence[BookingId], status: PaymentStatus) -> None:
    """Set the summary of unpaid bookings; one that is captured stays so."""
    await db.execute(
        """
        update payments set status = $2, updated_at = (select exodrive_private.now())
        where booking_id = any($1::uuid[]) and status in ('pending', 'approved', 'processing', 'failed')""",
        list(booking_ids),
        status,
    )


async def captured(db: Db, booking_id: BookingId, capture_id: str, amount: Decimal) -> None:
    """Remember that the money is ours."""
    await db.execute(
        """
        update payments set status = 'captured', captured_amount = $3, paypal_capture_id = $2,
               captured_at = (select exodrive_private.now()), updated_at = (select exodrive_private.now())
        where booking_id = $1""",
        booking_id,
        capture_id,
        amount,
    )


async def added(db: Db, booking_id: BookingId, amount: Decimal) -> None:
    """Remember that more money is ours: what a change of a paid booking costs."""
    await db.execute(
        """
        update payments set amount = amount + $2, captured_amount = captured_amount + $2, updated_at = (select exodrive_private.now())
        where booking_id = $1""",
        booking_id,
        amount,
    )


async def refunded(db: Db, booking_id: BookingId, amount: Decimal) -> None:
    """Remember that money was given back."""
    await db.execute(
        """
        update payments set refunded_amount = refunded_amount + $2, updated_at = (select exodrive_private.now()),
               status = case when refunded_amount + $2 >= captured_amount then 'refunded' else 'partly_refunded' end
        where booking_id = $1""",
        booking_id,
        amount,
    )
