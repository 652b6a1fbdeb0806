"""The SQL of cars that are not back: which, and what is decided from."""

from datetime import date

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as its days see it; ``end`` is the last day that was sold, ``is_out`` while the renter has the car."""

    reference: str
    car_id: CarId
    end: date
    time_zone: str
    is_out: bool
    turnaround_days: int


# Somewhere it is a day later than anywhere else, so a day is looked back and the zone asked after.
_LATE = """
    select b.id from bookings b
    where b.status = 'active' and b.handed_over_at is not null and b.returned_at is null
      and b.end_date < ((select exodrive_private.now()) at time zone 'UTC')::date + 1
      and b.end_date < ((select exodrive_private.now()) at time zone b.time_zone)::date
    union select k.late_id from booking_clashes k where k.closed_at is null
    order by 1 limit $1"""


async def to_look_at(db: Db, limit: int) -> list[BookingId]:
    """Return bookings whose car should be back since a day before today, and all that have a clash."""
    return [BookingId(row[0]) for row in await db.fetch(_LATE, limit)]


async def late(db: Db, booking_id: BookingId) -> Late:
    """Return a booking as its days see it. The caller holds the lock of its car."""
    row = await db.fetchrow(
        """
        select b.reference, b.car_id, b.end_date, b.time_zone,
               b.status = 'active' and b.handed_over_at is not null and b.returned_at is null, c.turnaround_days
        from bookings b join cars c on c.id = b.car_id where b.id = $1""",
        booking_id,
    )
    assert row is not None, "it was read under the lock before"
    return Late(**dict(zip(Late.__struct_fields__, row, strict=True)))
