"""What the holder of a booking sees of its changes: those that were made, and the one that waits for its payment."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.db import Db


class SeenChange(msgspec.Struct, frozen=True):
    """A change: ``difference`` was paid for it, or paid back where it is below zero; ``waits_until`` is set while it can be paid.

    ``days_before`` and ``days_after`` are set where it is about other days or another car, ``car`` is the one the booking gets by it.
    """

    number: int
    is_applied: bool
    is_paying: bool
    difference: Decimal
    currency: str
    total_before: Decimal
    total_after: Decimal
    made_at: datetime
    waits_until: datetime | None
    days_before: Days | None = None
    days_after: Days | None = None
    car: str = ""
    is_other_car: bool = False


async def changes_of(db: Db, reference: str) -> list[SeenChange]:
    """Return the changes of a booking that count, oldest first: in force, or waiting for their payment right now."""
    rows = await db.fetch(
        """
        select c.number, c.status = 'applied', c.status = 'pending' and c.expires_at = 'infinity', c.difference, c.currency,
               (c.before_price ->> 'total')::numeric, (c.after_price ->> 'total')::numeric, coalesce(c.decided_at, c.created_at),
               case when c.status = 'pending' and c.expires_at < 'infinity' then c.expires_at end,
               (c.before ->> 'start')::date, (c.before ->> 'end')::date, c.start_date, c.end_date, n.name,
               c.car_id <> (c.before ->> 'car_id')::uuid
        from booking_changes c join bookings b on b.id = c.booking_id left join cars n on n.id = c.car_id
        where b.reference = $1 and (c.status = 'applied' or c.status = 'pending' and c.expires_at > (select exodrive_private.now()))
        order by c.number""",
        reference,
    )
    return [_seen(list(row)) for row in rows]


def _seen(row: list[Any]) -> SeenChange:
    start, end, first, last, car, is_other = row[9:]
    before, after = Days(start, end) if start else None, Days(first, last) if first else None
    return SeenChange(*[*row[:9], before if after else None, after, car or "", bool(is_other)])
