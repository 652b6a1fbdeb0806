"""The SQL of charges that crosses slices: the rental they belong to, and whose car was where when."""

from datetime import datetime

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.pricing import engine
from exodrive.pricing.model import Price


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """A rental as charges see it."""

    price: Price
    handed_over_at: datetime | None
    return_due_at: datetime
    returned_at: datetime | None


async def rental(db: Db, booking_id: BookingId) -> Rental:
    """Return a rental as charges see it. The caller holds the lock of its car."""
    row = await db.fetchrow("select price_snapshot, handed_over_at, return_due_at, returned_at from bookings where id = $1", booking_id)
    assert row is not None, "it was read under the lock before"
    return Rental(price=engine.read(row[0]), handed_over_at=row[1], return_due_at=row[2], returned_at=row[3])
