"""What the holder of a booking sees of its changes: those that were made, and the one that waits for its payment."""

from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.kit.db import Db


class SeenChange(msgspec.Struct, frozen=True):
    """A change: ``difference`` was paid for it, or paid back where it is below zero; ``waits_until`` is set while it can be paid."""

    number: int
    is_applied: bool
    is_paying: bool
    difference: Decimal
    currency: str
    total_before: Decimal
    total_after: Decimal
    made_at: datetime
    waits_until: datetime | None


async def changes_of(db: Db, reference: str) -> list[SeenChange]:
    """Return the changes of a booking that count, oldest first: in force, or waiting for their payment right now."""
    rows = await db.fetch(
        """
        select c.number, c.status = 'applied', c.status = 'pending' and c.expires_at = 'infinity', c.difference, c.currency,
               (c.before_price ->> 'total')::numeric, (c.after_price ->> 'total')::numeric, coalesce(c.decided_at, c.created_at),
               case when c.status = 'pending' and c.expires_at < 'infinity' then c.expires_at end
        from booking_changes c join bookings b on b.id = c.booking_id
        where b.reference = $1 and (c.status = 'applied' or c.status = 'pending' and c.expires_at > (select exodrive_private.now()))
        order by c.number""",
        reference,
    )
    return [SeenChange(*row) for row in rows]
