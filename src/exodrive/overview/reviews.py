"""What is read of reviews: the approved ones of a car for everybody, and the list that staff decide from."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from exodrive.fleet.reviews.model import ReviewState
from exodrive.kit.db import Db
from exodrive.kit.ids import CarId

SHOWN = 6
PAGE = 50
_OF_CAR = """
    select array(select row (v.name, v.rating, v.comment, v.date, v.is_verified) from car_reviews v
                 where v.car_id = $1 and v.is_approved order by v.date desc, v.id desc limit $2),
           count(*)::int, round(avg(r.rating), 1)
    from car_reviews r where r.car_id = $1 and r.is_approved"""
# Of `cars c`, for a `Rating`; null without an approved review.
RATED = """(select row (round(avg(v.rating), 1), count(*)::int) from car_reviews v
            where v.car_id = c.id and v.is_approved having count(*) > 0)"""
# Car by car: asked for all at once, PostgreSQL before 17 walks along the reviews of every car there is.
_RATINGS = """
    select wanted.car_id, r.rating, r.reviews
    from unnest($1::uuid[]) as wanted (car_id) cross join lateral (
        select round(avg(v.rating), 1), count(*)::int from car_reviews v
        where v.car_id = wanted.car_id and v.is_approved having count(*) > 0) as r (rating, reviews)"""
_STATE = "case when r.is_approved then 'approved' when r.decided_at is not null then 'rejected' else 'waiting' end"
_LIST = f"""
    select r.id, c.name, c.slug, b.reference, r.date, r.name, r.rating, r.comment, {_STATE}, r.created_at, r.decided_at, s.name
    from car_reviews r join cars c on c.id = r.car_id left join bookings b on b.id = r.booking_id left join staff s on s.id = r.decided_by
    where ($1::text is null or {_STATE} = $1) and ($2::timestamptz is null or (r.created_at, r.id) < ($2, $3::uuid))
    order by r.created_at desc, r.id desc limit $4"""  # noqa: S608
_COUNTS = f"select {_STATE}, count(*)::int from car_reviews r group by 1"  # noqa: S608


class Told(msgspec.Struct, frozen=True):
    """One approved review. ``date`` is the rental's first day; ``is_verified``: the rental was made here."""

    name: str
    rating: int
    comment: str
    date: date
    is_verified: bool


class Reviews(msgspec.Struct, frozen=True):
    """A car's approved reviews: the newest rentals first, how many there are, and their average to one place (None without any)."""

    newest: tuple[Told, ...]
    count: int
    average: Decimal | None


class Rating(msgspec.Struct, frozen=True):
    """What renters think of a car: the average of its approved reviews to one place, and how many there are."""

    average: Decimal
    count: int


class Row(msgspec.Struct, frozen=True):
    """One review as staff see it. Without a ``reference`` it was brought over from elsewhere."""

    id: UUID
    car: str
    slug: str
    reference: str | None
    date: date
    name: str
    rating: int
    comment: str
    state: ReviewState
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None


class Listed(msgspec.Struct, frozen=True):
    """One page of the list, the key of the next, and how many reviews each state has."""

    rows: tuple[Row, ...]
    next: str | None
    counts: dict[str, int]


async def of_car(db: Db, car_id: CarId) -> Reviews:
    """Return what renters said about a car. One round trip."""
    newest, count, average = (await db.fetch(_OF_CAR, car_id, SHOWN))[0]
    return Reviews(tuple(Told(*told) for told in newest), count, average)


async def ratings(db: Db, cars: Iterable[CarId]) -> dict[CarId, Rating]:
    """Return what renters think of some cars; those without an approved review are missing. One round trip."""
    return {car_id: Rating(average, count) for car_id, average, count in await db.fetch(_RATINGS, list(cars))}


async def page(db: Db, *, state: ReviewState | None, before: tuple[datetime, UUID] | None) -> Listed:
    """Return up to PAGE reviews, the newest first, left before the review ``before``."""
    left_before, review_id = before or (None, None)
    rows = await db.fetch(_LIST, state, left_before, review_id, PAGE + 1)
    found = tuple(map(_row, rows[:PAGE]))
    more = f"{found[-1].created_at.isoformat()}_{found[-1].id}" if len(rows) > PAGE else None
    return Listed(found, more, {row[0]: row[1] for row in await db.fetch(_COUNTS)})


def _row(row: Any) -> Row:
    values = list(row)
    values[8] = ReviewState(values[8])
    return Row(*values)
