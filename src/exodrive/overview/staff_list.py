"""The list of bookings as staff see it: found by state and words, page by page."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings.model import BookingStatus
from exodrive.kit.db import Db

PAGE = 50
COUNTED = 1000  # of each state; more is "more than a thousand", and nobody waits for how many


class Row(msgspec.Struct, frozen=True):
    """One booking in the list."""

    id: UUID
    reference: str
    status: str
    car: str
    start: date
    end: date
    pickup_at: datetime
    zone: str
    renter: str
    email: str
    total: Decimal
    currency: str
    payment: str
    created_at: datetime
    waits: bool  # paid, and not accepted yet
    owes: Decimal | None  # what is still to be paid, and by when
    due_on: date | None
    is_kept: bool  # begun by the clock, and nothing was handed over yet


class Listed(msgspec.Struct, frozen=True):
    """One page of the list, the key of the next, and how many bookings each state has: above COUNTED it is more than that."""

    rows: list[Row]
    next: str | None
    counts: dict[str, int]


# What a search looks at: the whole reference, or a part of name, e-mail or car.
_FOUND = """(b.reference = upper($1) or strpos(b.contact_email, lower($1)) > 0 or strpos(lower(c.name), lower($1)) > 0
             or strpos(lower(b.contact_first_name || ' ' || b.contact_last_name), lower($1)) > 0)"""


def _list(search: object, status: object, before: object) -> str:
    """The query for a page. What is not asked for is no condition of it, so that each list is read off the index of its own order."""
    return f"""
        select b.id, b.reference, b.status, c.name, b.start_date, b.end_date, b.pickup_at, b.time_zone,
               b.contact_first_name || ' ' || b.contact_last_name, b.contact_email, b.total_price, b.currency,
               coalesce(p.status, 'pending'), b.created_at,
               b.status = 'upcoming' and b.approval_due_at is not null and b.approved_at is null, i.amount, i.due_on,
               b.status = 'active' and b.handed_over_at is null
        from public.bookings b join public.cars c on c.id = b.car_id left join public.payments p on p.booking_id = b.id
        left join public.booking_instalments i on i.booking_id = b.id and i.status = 'open'
        where {_FOUND if search else "$1 = ''"} and {"b.status = $2" if status else "$2::text is null"}
          and {"(b.created_at, b.id) < ($3, $4)" if before else "$3::timestamptz is null and $4::uuid is null"}
        order by b.created_at desc, b.id desc limit $5"""  # noqa: S608 - constants of this file


_COUNT_FOUND = f"""
    select b.status, count(*)::int from public.bookings b join public.cars c on c.id = b.car_id
    where {_FOUND} group by b.status"""  # noqa: S608 - the condition is a constant of this file
# In the order of the index by state, or a table that is small for its server would be walked.
_COUNT_ALL = """
    select state, (select count(*)::int from (
        select from public.bookings b where b.status = state order by b.created_at desc, b.id desc limit $2) counted)
    from unnest($1::text[]) as state"""


async def page(db: Db, *, status: str | None, search: str, before: tuple[datetime, UUID] | None) -> Listed:
    """Return up to PAGE bookings that a search finds, newest first, made before the booking ``before``; counts leave the state aside."""
    made_before, booking_id = before or (None, None)
    rows = await db.fetch(_list(search, status, before), search, status, made_before, booking_id, PAGE + 1)
    found = [Row(*row) for row in rows[:PAGE]]
    last = found[-1] if len(rows) > PAGE else None
    return Listed(found, f"{last.created_at.isoformat()}_{last.id}" if last else None, await _counts(db, search))


async def _counts(db: Db, search: str) -> dict[str, int]:
    """How many of each state are found; without a search no state is counted further than COUNTED and one more."""
    if search:
        rows = await db.fetch(_COUNT_FOUND, search)
    else:
        rows = await db.fetch(_COUNT_ALL, [status.value for status in BookingStatus], COUNTED + 1)
    return {row[0]: row[1] for row in rows}
