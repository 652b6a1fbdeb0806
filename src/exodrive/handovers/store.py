"""All SQL of hand-overs by themselves. Who writes holds the lock of the booking's car."""

from datetime import datetime
from uuid import UUID

from exodrive.handovers.model import Handover, Reading, Way
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId, new_id


async def add(
    db: Db,
    booking_id: BookingId,
    car_id: CarId,
    way: Way,
    at: datetime,
    reading: Reading,
    staff_id: UUID,
    without_deposit: str | None = None,
) -> None:
    """Write what was read, before the fact is written into the booking: rules of the database hold the one against the other."""
    await db.execute(
        """
        insert into handovers (id, booking_id, car_id, way, at, odometer, fuel, staff_id, without_deposit)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        new_id(),
        booking_id,
        car_id,
        way,
        at,
        reading.odometer,
        reading.fuel,
        staff_id,
        without_deposit,
    )


async def of_booking(db: Db, booking_id: BookingId) -> dict[Way, Handover]:
    """Return what was read of a booking's car, by the way it went."""
    rows = await db.fetch("select way, at, odometer, fuel, without_deposit from handovers where booking_id = $1 order by at", booking_id)
    found = (Handover(way=Way(row[0]), at=row[1], odometer=row[2], fuel=row[3], without_deposit=row[4]) for row in rows)
    return {one.way: one for one in found}
