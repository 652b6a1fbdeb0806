"""How many of each extra are out: extras with the days of the bookings that take them along."""

from collections.abc import Iterable

from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId

# Of every extra that is out on any of the days $2 to $3, by code, as a part of another question.
EXTRAS_TAKEN = "array(select row (e.code, e.pieces) from exodrive_private.extras_taken($2, $3, null) e)"


async def extras_taken(db: Db, codes: Iterable[str], days: Days, *, besides: BookingId | None = None) -> dict[str, int]:
    """Return how many pieces of each extra are out at most on any of these days, by code; ``besides`` one's own booking.

    Anybody may ask. A day that a hold has lapsed on counts as free here as everywhere. Who claims by the answer holds a lock on every code
    until the claim is committed.
    """
    asked = list(codes)
    rows = await db.fetch(
        "select code, pieces from exodrive_private.extras_taken($2, $3, $4) where code = any($1::text[])",
        asked,
        days.start,
        days.end,
        besides,
    )
    return dict.fromkeys(asked, 0) | {row["code"]: row["pieces"] for row in rows}
