"""All SQL of reviews by themselves. Who may leave one about which rental is decided by the table's row rules."""

from uuid import UUID

from exodrive.fleet.reviews.model import Rental, Review
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id


async def add(db: Db, rental: Rental, review: Review) -> bool:
    """Keep a renter's review, which waits for staff; False when the rental has one already."""
    added = await db.fetchval(
        """
        insert into car_reviews (id, booking_id, car_id, date, name, rating, comment) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (booking_id) do nothing returning true""",
        new_id(),
        rental.booking_id,
        rental.car_id,
        rental.start,
        review.name,
        review.rating,
        review.comment,
    )
    return added is not None


async def decide(db: Db, review_id: UUID, *, approved: bool, staff_id: UUID) -> tuple[BookingId | None] | None:
    """Approve a review or turn it down; return its booking where it has one, or None when nothing changed by it."""
    row = await db.fetchrow(
        """
        update car_reviews set is_approved = $2, decided_at = (select exodrive_private.now()), decided_by = $3
        where id = $1 and (decided_at is null or is_approved <> $2) returning booking_id""",
        review_id,
        approved,
        staff_id,
    )
    return (row[0],) if row else None


async def exists(db: Db, review_id: UUID) -> bool:
    """Tell whether there is such a review."""
    return bool(await db.fetchval("select exists (select from car_reviews where id = $1)", review_id))
