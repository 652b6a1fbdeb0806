"""The SQL of unpaid bookings that their renters may come back to: across bookings, their days and their history."""

from datetime import datetime

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId

PROMISED = "link_promised"  # the line of a booking's history that says: the letter was promised, once


async def unwritten(db: Db, before: datetime, limit: int) -> list[BookingId]:
    """Return bookings made before a moment that are held, unpaid, and were promised no letter yet, oldest first."""
    rows = await db.fetch(
        """
        select b.id from bookings b join payments p on p.booking_id = b.id where b.status = 'pending' and b.created_at < $1
          and exists (select from car_availability a where a.booking_id = b.id and a.hold_expires_at > (select exodrive_private.now())
                      and a.hold_expires_at < 'infinity')
          and not exists (select from booking_events e where e.booking_id = b.id and e.event_type = $2)
        order by b.created_at, b.id limit $3""",
        before,
        PROMISED,
        limit,
    )
    return [BookingId(row[0]) for row in rows]


async def is_promised(db: Db, booking_id: BookingId) -> bool:
    """Tell whether the letter was promised before. The caller holds the car's lock."""
    told: bool = await db.fetchval(
        "select exists (select from booking_events where booking_id = $1 and event_type = $2)", booking_id, PROMISED
    )
    return told
