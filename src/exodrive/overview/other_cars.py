"""The cars that a booking could have instead of its own; whether one is free on its days, a change itself finds out."""

from uuid import UUID

import msgspec

from exodrive.kit.db import Db


class OtherCar(msgspec.Struct, frozen=True):
    """A car of the shop's."""

    id: UUID
    name: str


async def other_cars(db: Db, booking_id: UUID) -> list[OtherCar]:
    """Return the cars of the shop that are paid for in a booking's currency, in the shop's order and without its own."""
    rows = await db.fetch(
        """
        select c.id, c.name from bookings b join car_pricing p on p.currency = b.currency join cars c on c.id = p.car_id
        where b.id = $1 and c.id <> b.car_id and not c.hidden and c.available
        order by c.sort_order, c.id""",
        booking_id,
    )
    return [OtherCar(*row) for row in rows]
