"""The SQL of a car that changes hands: what is decided from, and the facts on booking and car."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as the key sees it. ``odometer`` is the last that was read of the car, if any was, in its ``unit``."""

    car_id: CarId
    start: date
    time_zone: str
    return_due_at: datetime
    handed_over_at: datetime | None
    returned_at: datetime | None
    no_show_at: datetime | None
    deposit: Decimal
    odometer: int | None
    unit: str
    turnaround_days: int

    @property
    def has_deposit(self) -> bool:
        """Whether anything is to be held."""
        return self.deposit > 0


async def trip(db: Db, booking_id: BookingId) -> Trip:
    """Return a booking as the key sees it. The caller holds the lock of its car."""
    row = await db.fetchrow(
        """
        select b.car_id, b.start_date, b.time_zone, b.return_due_at, b.handed_over_at, b.returned_at, b.no_show_at,
               b.security_deposit_amount, c.odometer, c.distance_unit, c.turnaround_days
        from bookings b join cars c on c.id = b.car_id where b.id = $1""",
        booking_id,
    )
    assert row is not None, "it was read under the lock before"
    return Trip(**dict(zip(Trip.__struct_fields__, row, strict=True)))


# A pick-up is on the first day, so none that is two days away can be due in any zone.
_TO_BEGIN = """
    select b.id from bookings b
    where b.status = 'upcoming' and b.pickup_at < (select exodrive_private.now()) + interval '2 days' and ($1::uuid is null or b.id = $1)
      and b.start_date <= ((select exodrive_private.now()) at time zone b.time_zone)::date
      and (b.approval_hours is null or b.approved_at is not null)
      and not exists (select from booking_instalments i where i.booking_id = b.id and i.status = 'open')
      and not exists (select from booking_changes c where c.booking_id = b.id and c.status = 'pending'
                      and c.expires_at > (select exodrive_private.now()))
    order by b.pickup_at, b.id limit $2"""


async def to_begin(db: Db, limit: int, booking_id: BookingId | None = None) -> list[BookingId]:
    """Return bookings whose pick-up day has come where the car is and that nothing keeps from beginning; of one, whether it is such."""
    return [BookingId(row[0]) for row in await db.fetch(_TO_BEGIN, booking_id, limit)]


async def out_elsewhere(db: Db, car_id: CarId, booking_id: BookingId) -> str | None:
    """Return the reference of another booking that a car is out on. The caller holds the car's lock."""
    reference: str | None = await db.fetchval(
        """
        select reference from bookings
        where car_id = $1 and id <> $2 and status = 'active' and handed_over_at is not null and returned_at is null""",
        car_id,
        booking_id,
    )
    return reference


async def went_out(db: Db, booking_id: BookingId, at: datetime) -> None:
    """Set since when the renter has the key."""
    await db.execute(
        """
        update bookings set handed_over_at = $2, no_show_at = null, updated_at = (select exodrive_private.now())
        where id = $1 and status = 'active' and handed_over_at is null""",
        booking_id,
        at,
    )


async def came_back(db: Db, booking_id: BookingId, at: datetime) -> None:
    """Set since when the car is back."""
    await db.execute(
        """
        update bookings set returned_at = $2, updated_at = (select exodrive_private.now())
        where id = $1 and returned_at is null""",
        booking_id,
        at,
    )


async def read(db: Db, car_id: CarId, odometer: int) -> None:
    """Keep what a car's odometer was read to show."""
    await db.execute(
        "update cars set odometer = $2, updated_at = (select exodrive_private.now()) where id = $1 and odometer is distinct from $2",
        car_id,
        odometer,
    )
