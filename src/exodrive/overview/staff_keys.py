"""Where the key of a booking's car is, as staff see it: what was read, and whether a deposit stands behind it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.handovers.model import Handover, Way
from exodrive.kit.db import Db


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Where a key is. ``odometer`` is what the car showed last, in its ``unit``; ``is_covered`` while a deposit is held."""

    handed_over_at: datetime | None
    returned_at: datetime | None
    deposit: Decimal
    is_covered: bool
    odometer: int | None
    unit: str
    handovers: list[Handover]

    def way(self, way: Way) -> Handover | None:
        """Return what was read when the car went a way."""
        return next((one for one in self.handovers if one.way is way), None)


async def keys(db: Db, booking_id: UUID) -> Keys:
    """Return where the key of a booking's car is."""
    row = await db.fetchrow(
        """
        select b.handed_over_at, b.returned_at, b.security_deposit_amount,
               exists (select from deposit_holds h where h.booking_id = b.id and h.status = 'held'
                       and h.covered_until > (select exodrive_private.now())),
               c.odometer, c.distance_unit,
               array(select row (h.way, h.at, h.odometer, h.fuel, h.without_deposit, s.name)
                     from handovers h left join staff s on s.id = h.staff_id where h.booking_id = b.id order by h.at)
        from bookings b join cars c on c.id = b.car_id where b.id = $1""",
        booking_id,
    )
    assert row is not None, "its file was found"
    names = Handover.__struct_fields__
    read = [Handover(**dict(zip(names, (Way(one[0]), *one[1:]), strict=True))) for one in row[6]]
    return Keys(**dict(zip(Keys.__struct_fields__, (*row[:6], read), strict=True)))
