"""Can this car be had on these days, and for how much: one query, and a second only to find what is near."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from exodrive.availability.model import Reason, reason_of
from exodrive.availability.service import Obstacle, check_days, nearest_free, obstacle_words, obstacles
from exodrive.availability.store import LIVE
from exodrive.fleet.service import UnknownCar, unknown_id
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.overview.shop.model import Look, LookDay
from exodrive.pricing import engine
from exodrive.pricing.model import Price
from exodrive.pricing.rules import CarRules, House, house_of, inputs_of
from exodrive.pricing.service import day_prices
from exodrive.pricing.store import CAR_RULES, HOUSE, car_rules

# Other days only help against these: a rental that is too short stays too short.
_NEAR_HELPS = frozenset({Obstacle.TAKEN, Obstacle.TURNAROUND})
_LOOK = f"""
    select c.id, c.slug, l.time_zone, c.available, c.turnaround_days,
           array(select row (a.date, a.status) from car_availability a
                 where a.car_id = c.id and a.date between $2 and $3::date + c.turnaround_days and {LIVE}),
           {HOUSE}, {CAR_RULES}
    from cars c join locations l on l.id = c.home_location_id join car_pricing p on p.car_id = c.id
    where not c.hidden and """  # noqa: S608


class _Asked(NamedTuple):
    """The car asked about, with its taken days in reach and the rules of its price."""

    car_id: CarId
    slug: str
    zone: str
    available: bool
    turnaround_days: int
    taken: Mapping[date, Reason]
    house: House
    rules: CarRules


async def look(
    db: Db,
    car: CarId | str,
    days: Days,
    *,
    now: datetime,
    longest_rental_days: int,
    furthest_day_days: int,
    delivery: bool = False,
    collection: bool = False,
) -> Look:
    """Return the state of a car (by id, or by slug) on these days. Not free is an answer, not an error.

    Raises BadInput for days in the past, too many or too far ahead, and for an unknown id (field ``car_id``); UnknownCar for an unknown
    slug; JourneyNotOffered.
    """
    asked = await _find(db, car, days)
    today = day_at(now, asked.zone)
    check_days(days, today=today, longest_rental_days=longest_rental_days, furthest_day_days=furthest_day_days)
    found = obstacles(
        days,
        asked.taken,
        turnaround_days=asked.turnaround_days,
        minimum_days=asked.rules.rates.minimum_days,
        available=asked.available,
    )
    near = await _near(db, asked, days, today, furthest_day_days) if _NEAR_HELPS.issuperset(found) and found else []
    price = engine.price(inputs_of(asked.rules, asked.house, days, delivery=delivery, collection=collection))
    return _answer(asked, days, found, near, price)


async def _find(db: Db, car: CarId | str, days: Days) -> _Asked:
    by_id = isinstance(car, UUID)
    row = await db.fetchrow(_LOOK + ("c.id = $1" if by_id else "c.slug = $1"), car, days.start, days.end)
    if row is None:
        raise unknown_id() if by_id else UnknownCar()
    taken = {day: reason_of(status) for day, status in row[5]}
    return _Asked(*(*row[:5], taken, house_of(row[6]), car_rules(row[7:])))


async def _near(db: Db, asked: _Asked, days: Days, today: date, furthest_day_days: int) -> list[Days]:
    return await nearest_free(
        db, asked.car_id, days, today=today, furthest_day_days=furthest_day_days, turnaround_days=asked.turnaround_days
    )


def _answer(asked: _Asked, days: Days, found: list[Obstacle], near: list[Days], price: Price) -> Look:
    minimum = asked.rules.rates.minimum_days
    prices = day_prices(asked.rules.rates, days)
    return Look(
        car_id=asked.car_id,
        slug=asked.slug,
        time_zone=asked.zone,
        start=days.start,
        end=days.end,
        minimum_days=minimum,
        days=tuple(LookDay(day, day not in asked.taken, asked.taken.get(day), prices[day]) for day in days),
        bookable=not found,
        obstacles=tuple(found),
        why_not=tuple(obstacle_words(obstacle, minimum_days=minimum) for obstacle in found),
        price=price,
        nearest=tuple(near),
    )
