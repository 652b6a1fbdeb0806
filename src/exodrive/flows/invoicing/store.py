"""The SQL of invoices that crosses slices: whom one is written to, and the number of the next."""

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


class Addressee(msgspec.Struct, frozen=True):
    """Whom an invoice is written to, and in which language."""

    reference: str
    email: str
    first_name: str
    last_name: str
    locale: str


async def addressee(db: Db, booking_id: BookingId) -> Addressee:
    """Return whom an invoice of a booking is written to."""
    row = await db.fetchrow(
        "select reference, contact_email, contact_first_name, contact_last_name, locale from bookings where id = $1", booking_id
    )
    assert row is not None, "it was read before, and is never deleted"
    return Addressee(*row)


async def next_number(db: Db, booking_id: BookingId, reference: str) -> str:
    """Return the number of a booking's next invoice. The caller holds the lock of its car."""
    written: int = await db.fetchval("select count(*) from paypal_invoices where booking_id = $1", booking_id)
    return f"{reference}-V{written + 1}"
