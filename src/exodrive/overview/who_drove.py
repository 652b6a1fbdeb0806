"""Whose car was where when: tolls and fines come with a plate and a time."""

import re
from datetime import datetime
from uuid import UUID

import msgspec

from exodrive.kit.db import Db

_NOT_PLATE = re.compile(r"[^A-Z0-9]")


class Drove(msgspec.Struct, frozen=True):
    """Who had a car at a moment, and until when; a car that is still out has not come back."""

    booking_id: UUID
    reference: str
    car: str
    plate: str
    renter: str
    handed_over_at: datetime
    returned_at: datetime | None
    zone: str


async def zone_of(db: Db, plate: str) -> str | None:
    """Return the time zone in which a car is at home; None when no car has this plate."""
    zone: str | None = await db.fetchval(
        """
        select l.time_zone from cars c join locations l on l.id = c.home_location_id
        where regexp_replace(upper(c.plate), '[^A-Z0-9]', '', 'g') = $1""",
        plain(plate),
    )
    return zone


async def drove(db: Db, plate: str, at: datetime) -> Drove | None:
    """Return who had the car with a plate at a moment; blanks, dashes and small letters do not matter."""
    row = await db.fetchrow(
        """
        select b.id, b.reference, c.name, c.plate, b.contact_first_name || ' ' || b.contact_last_name, b.handed_over_at, b.returned_at,
               b.time_zone
        from cars c join bookings b on b.car_id = c.id
        where regexp_replace(upper(c.plate), '[^A-Z0-9]', '', 'g') = $1
          and b.handed_over_at <= $2 and (b.returned_at is null or b.returned_at >= $2)
        order by b.start_date desc limit 1""",
        plain(plate),
        at,
    )
    return Drove(*row) if row else None


def plain(plate: str) -> str:
    """Return a plate as letters and digits alone."""
    return _NOT_PLATE.sub("", plate.upper())
