"""Work that failed its last try, and the booking it was for: a letter that did not go out, a receipt that was not issued."""

from datetime import datetime
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId

# What is promised names one row, and each of these belongs to a booking; notices of PayPal and messages from the contact page to none.
_BOOKING = """
    coalesce(
        (o.payload ->> 'booking_id')::uuid,
        (select x.booking_id from public.booking_changes x where x.id = (o.payload ->> 'change_id')::uuid),
        (select x.booking_id from public.deposit_claims x where x.id = (o.payload ->> 'claim_id')::uuid),
        (select x.late_id from public.booking_clashes x where x.id = (o.payload ->> 'clash_id')::uuid),
        (select x.booking_id from public.paypal_invoices x where x.id = (o.payload ->> 'invoice_id')::uuid),
        (select x.booking_id from public.payment_operations x where x.id = (o.payload ->> 'operation_id')::uuid),
        (select x.booking_id from public.receipts x where x.id = (o.payload ->> 'receipt_id')::uuid))"""
# Recurring work is left out: its next slot takes its place.
_FAILED = f"""
    select o.id, o.topic, o.created_at, o.dead_at, coalesce(o.error, ''), b.reference, b.time_zone
    from public.outbox o left join public.bookings b on b.id = {_BOOKING}
    where o.dead_at is not null and o.job is null"""  # noqa: S608


class FailedWork(msgspec.Struct, frozen=True):
    """Promised work that is not tried any more: ``topic`` is its one word, ``error`` what the last try said.

    ``reference`` and ``zone`` are those of the booking it was for; both null where it was for none.
    """

    id: UUID
    topic: str
    promised_at: datetime
    failed_at: datetime
    error: str
    reference: str | None
    zone: str | None


async def failed_work(db: Db, most: int) -> list[FailedWork]:
    """Return work that failed, the oldest first, ``most`` at most."""
    return [FailedWork(*row) for row in await db.fetch(f"{_FAILED} order by o.dead_at, o.id limit $1", most)]


async def failed_for(db: Db, booking_id: UUID) -> list[FailedWork]:
    """Return the work that failed for a booking, the oldest first."""
    return [FailedWork(*row) for row in await db.fetch(f"{_FAILED} and b.id = $1 order by o.dead_at, o.id", booking_id)]


async def booking_of(db: Db, work_id: UUID) -> tuple[str, BookingId | None] | None:
    """Return the topic of promised work and the booking it is for; None when there is no such work."""
    row = await db.fetchrow(f"select o.topic, {_BOOKING} from public.outbox o where o.id = $1", work_id)  # noqa: S608
    return (row[0], BookingId(row[1]) if row[1] else None) if row else None
