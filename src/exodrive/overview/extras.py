"""How many of each extra are out: extras with the days of the bookings that take them along."""

from collections.abc import Iterable

from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


async def extras_taken(db: Db, codes: Iterable[str], days: Days, *, besides: BookingId | None = None) -> dict[str, int]:
    """Return how many pieces of each extra are out at most on any of these days, by code; ``besides`` one's own booking.

    Anybody may ask. A day that a hold has lapsed on counts as free here as everywhere. Who claims by the answer holds a lock on every code
    until the claim is committed.
    """
    rows = await db.fetch(
        """
        select code, o.pieces + coalesce(c.pieces, 0) from exodrive_private.extras_out($1, $2, $3, $4) o
        left join exodrive_private.extras_waiting($1, $2, $3, $4) c using (code)""",
        list(codes),
        days.start,
        days.end,
        besides,
    )
    return {code: int(pieces) for code, pieces in rows}
