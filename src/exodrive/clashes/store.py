"""All SQL of clashes. Who opens one holds the lock of its car."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from exodrive.clashes.model import Clash, How
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId, new_id


async def open_of(db: Db, late_id: BookingId) -> list[Clash]:
    """Return the open clashes of a booking that is late, the oldest first."""
    rows = await db.fetch(
        "select id, late_id, hit_id, day from booking_clashes where late_id = $1 and closed_at is null order by opened_at, id", late_id
    )
    return [Clash(id=row[0], late_id=row[1], hit_id=row[2], day=row[3]) for row in rows]


async def find(db: Db, clash_id: UUID) -> Clash | None:
    """Return a clash that is open."""
    row = await db.fetchrow("select id, late_id, hit_id, day from booking_clashes where id = $1 and closed_at is null", clash_id)
    return Clash(id=row[0], late_id=row[1], hit_id=row[2], day=row[3]) if row else None


async def late_of(db: Db, clash_id: UUID) -> BookingId | None:
    """Return whose car is late in a clash, open or over."""
    late_id: BookingId | None = await db.fetchval("select late_id from booking_clashes where id = $1", clash_id)
    return late_id


async def open_one(db: Db, late_id: BookingId, hit_id: BookingId | None, car_id: CarId, day: date) -> UUID | None:
    """Open a clash and return its id; None when it is open, or staff have seen to the very same."""
    opened: UUID | None = await db.fetchval(
        """
        insert into booking_clashes (id, late_id, hit_id, car_id, day) select $1, $2, $3, $4, $5
        where not exists (
            select from booking_clashes k where k.late_id = $2 and k.hit_id is not distinct from $3
            and (k.closed_at is null or k.how = 'staff' and (k.day = $5 or k.hit_id is null)))
        returning id""",
        new_id(),
        late_id,
        hit_id,
        car_id,
        day,
    )
    return opened


async def close(db: Db, clash_ids: Sequence[UUID], how: How) -> None:
    """Close clashes that are over by themselves."""
    await db.execute(
        "update booking_clashes set closed_at = (select exodrive_private.now()), how = $2 where id = any($1::uuid[]) and closed_at is null",
        list(clash_ids),
        how,
    )


async def close_by_staff(db: Db, clash_id: UUID, staff_id: UUID, reason: str) -> bool:
    """Close a clash in somebody's name; False when it was closed before."""
    closed = await db.fetchval(
        """
        update booking_clashes set closed_at = (select exodrive_private.now()), how = 'staff', reason = $3, staff_id = $2
        where id = $1 and closed_at is null returning true""",
        clash_id,
        staff_id,
        reason,
    )
    return closed is not None


async def alarmed(db: Db, clash_id: UUID) -> None:
    """Remember that staff were told of a clash."""
    await db.execute(
        "update booking_clashes set alarmed_at = (select exodrive_private.now()) where id = $1 and alarmed_at is null", clash_id
    )


async def is_hit(db: Db, booking_id: BookingId) -> bool:
    """Tell whether the car of a booking has not come back from the one before."""
    hit: bool = await db.fetchval("select exists (select from booking_clashes where hit_id = $1 and closed_at is null)", booking_id)
    return hit
