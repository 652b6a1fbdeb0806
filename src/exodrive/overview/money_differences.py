"""Where our book and PayPal's differ, as people read it, and when the two were last compared."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.payments.differences.model import Difference, Gap, Thing

PAGE = 50
_DIFFERENCE = """
    select d.id, b.reference, d.object, d.object_id, d.kind, d.ours, d.theirs, d.first_seen, d.last_seen, d.resolved_at, s.name, d.reason
    from money_differences d left join bookings b on b.id = d.booking_id left join staff s on s.id = d.resolved_by"""
_PAGE = f"""
    {_DIFFERENCE}
    where (d.resolved_at is not null) = $1 and ($2::timestamptz is null or (d.first_seen, d.id) < ($2, $3::uuid))
    order by d.first_seen desc, d.id desc limit $4"""


class Listed(msgspec.Struct, frozen=True):
    """One page of differences, and the key of the next."""

    rows: tuple[Difference, ...]
    next: str | None


class Comparison(msgspec.Struct, frozen=True):
    """How the newest comparison went: ``finished_at`` is None while it is not done, ``paused_by`` is why it rests."""

    began_at: datetime
    finished_at: datetime | None
    bookings: int
    events: int
    booked: int
    paused_by: str | None


async def page(db: Db, *, resolved: bool, before: tuple[datetime, UUID] | None = None) -> Listed:
    """Return up to PAGE differences that are open, or that are not any more, the newest first."""
    seen_before, difference_id = before or (None, None)
    rows = await db.fetch(_PAGE, resolved, seen_before, difference_id, PAGE + 1)
    found = tuple(map(_difference, rows[:PAGE]))
    more = f"{found[-1].first_seen.isoformat()}_{found[-1].id}" if len(rows) > PAGE else None
    return Listed(found, more)


async def still_open(db: Db, reference: str | None = None) -> list[Difference]:
    """Return every open difference, of all bookings or of one, the oldest first."""
    rows = await db.fetch(
        f"{_DIFFERENCE} where d.resolved_at is null and ($1::text is null or b.reference = $1) order by d.first_seen, d.id", reference
    )
    return [_difference(row) for row in rows]


async def newest(db: Db) -> Comparison | None:
    """Return how the newest comparison went; None before the first."""
    row = await db.fetchrow(
        "select began_at, finished_at, bookings, events, booked, paused_by from money_comparisons order by began_at desc limit 1"
    )
    return Comparison(*row) if row else None


def _difference(row: Any) -> Difference:
    return Difference(row[0], row[1], Thing(row[2]), row[3], Gap(row[4]), *row[5:])
