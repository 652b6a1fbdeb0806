"""How many of each extra are out: extras with the days of the bookings that take them along."""

from collections.abc import Iterable

from exodrive.availability.store import LIVE
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId

_TAKEN = f"""
    select asked.code, coalesce(max(out.pieces), 0)
    from unnest($1::text[]) as asked (code)
    left join lateral (
        select sum(e.quantity) as pieces from booking_extras e join car_availability a on a.booking_id = e.booking_id
        where e.code = asked.code and a.date between $2 and $3 and a.status <> 'turnaround' and {LIVE}
          and e.booking_id is distinct from $4
        group by a.date) out on true
    group by asked.code"""  # noqa: S608


async def extras_taken(db: Db, codes: Iterable[str], days: Days, *, besides: BookingId | None = None) -> dict[str, int]:
    """Return how many pieces of each extra are out at most on any of these days, by code; ``besides`` one's own booking.

    A day that a hold has lapsed on counts as free here as everywhere. Who claims by the answer holds a lock on every code until the claim
    is committed.
    """
    return {code: int(pieces) for code, pieces in await db.fetch(_TAKEN, list(codes), days.start, days.end, besides)}
