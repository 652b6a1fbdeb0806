"""Can this car be had on these days, and for how much: one query, and a second only to find what is near."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from exodrive.availability.model import Reason, reason_of
from exodrive.availability.service import Obstacle, check_days, furthest_day, near, nearest, obstacle_words, obstacles
from exodrive.availability.store import LIVE
from exodrive.fleet.service import UnknownCar, unknown_id
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId
from exodrive.overview.extras import EXTRAS_TAKEN
from exodrive.overview.shop.hindered import OBSTACLES, fitting, hindered
from exodrive.overview.shop.model import Look, LookDay
from exodrive.pricing import engine
from exodrive.pricing.choices import NOTHING, Choices
from exodrive.pricing.limit_words import hindrance_words
from exodrive.pricing.limits import Hindrance, earliest_pickup, limits_of
from exodrive.pricing.model import Price
from exodrive.pricing.rules import CarRules, House, house_of, inputs_of
from exodrive.pricing.service import season_prices
from exodrive.pricing.store import CAR_RULES, HOUSE, car_rules

# What is asked for beside the days, from the rules and the day it is at the car's home.
Choose: TypeAlias = Callable[[CarRules, House, date], Choices]
_LOOK = f"""
    select c.id, c.slug, l.time_zone, c.available, c.turnaround_days, c.requires_approval,
           array(select row (a.date, a.status) from car_availability a
                 where a.car_id = c.id and a.date between $2 and $3::date + c.turnaround_days and {LIVE}),
           {HOUSE}, {CAR_RULES}, case when $4::boolean then {EXTRAS_TAKEN} end
    from cars c join locations l on l.id = c.home_location_id join car_pricing p on p.car_id = c.id
    where not c.hidden and """  # noqa: S608


class _Asked(NamedTuple):
    """The car asked about, with its taken days in reach and the rules of its price."""

    car_id: CarId
    slug: str
    zone: str
    available: bool
    turnaround_days: int
    requires_approval: bool
    taken: Mapping[date, Reason]
    house: House
    rules: CarRules
    extras_taken: Mapping[str, int]


async def look(
    db: Db,
    car: CarId | str,
    days: Days,
    *,
    now: datetime,
    longest_rental_days: int,
    furthest_day_days: int,
    choose: Choose | None = None,
    with_extras: bool = False,
) -> Look:
    """Return the state of a car (by id, or by slug) on these days, with the price of what is chosen. Not free is an answer, not an error.

    How many of each extra are out is told only where it is asked for.

    Raises BadInput for days in the past, too many or too far ahead, and for an unknown id (field ``car_id``); UnknownCar for an unknown
    slug; JourneyNotOffered and NotOffered, also those of ``choose``.
    """
    asked = await _find(db, car, days, with_extras=with_extras)
    today = day_at(now, asked.zone)
    check_days(days, today=today, longest_rental_days=longest_rental_days, furthest_day_days=furthest_day_days)
    taken = obstacles(days, asked.taken, turnaround_days=asked.turnaround_days, available=asked.available)
    limits = hindered(asked.rules, asked.house, days, now=now, zone=asked.zone)
    found = [*taken, *(OBSTACLES[limit.kind] for limit in limits)]
    earliest, _rule = earliest_pickup(asked.rules, asked.house, days.start, now=now, zone=asked.zone)
    longest, furthest = longest_rental_days, furthest_day_days
    others = await nearest_days(db, asked.car_id, days, now=now, longest_rental_days=longest, furthest_day_days=furthest) if found else []
    chosen = choose(asked.rules, asked.house, today) if choose else NOTHING
    price = engine.price(inputs_of(asked.rules, asked.house, days, choices=chosen))
    return _answer(asked, days, taken, limits, others, price, earliest)


async def _find(db: Db, car: CarId | str, days: Days, *, with_extras: bool = False) -> _Asked:
    by_id = isinstance(car, UUID)
    row = await db.fetchrow(_LOOK + ("c.id = $1" if by_id else "c.slug = $1"), car, days.start, days.end, with_extras)
    if row is None:
        raise unknown_id() if by_id else UnknownCar()
    taken = {day: reason_of(status) for day, status in row[6]}
    return _Asked(*(*row[:6], taken, house_of(row[7]), car_rules(row[8:-1]), dict(row[-1] or ())))


async def nearest_days(
    db: Db, car_id: CarId, days: Days, *, now: datetime, longest_rental_days: int, furthest_day_days: int, limit: int = 3
) -> list[Days]:
    """Return up to ``limit`` ranges near some days on which a car can be had by its calendar and its rules; none of a car not for rent.

    They are as long as the days asked for where the rules let them, else a little longer or shorter. One round trip.
    """
    try:
        asked = await _find(db, car_id, near(days))
    except BadInput:
        return []
    if not asked.available:
        return []
    today = day_at(now, asked.zone)
    fit = fitting(asked.rules, asked.house, now=now, zone=asked.zone, longest_rental_days=longest_rental_days)
    last = furthest_day(today, furthest_day_days)
    return nearest(days, set(asked.taken), first=today, last=last, fit=fit, turnaround_days=asked.turnaround_days, limit=limit)


def _answer(
    asked: _Asked, days: Days, taken: list[Obstacle], limits: list[Hindrance], others: list[Days], price: Price, earliest: datetime
) -> Look:
    prices = season_prices(asked.rules, asked.house, days)
    return Look(
        car_id=asked.car_id,
        slug=asked.slug,
        time_zone=asked.zone,
        start=days.start,
        end=days.end,
        minimum_days=limits_of(asked.rules, asked.house, days).minimum,
        days=tuple(LookDay(day, day not in asked.taken, asked.taken.get(day), prices[day]) for day in days),
        bookable=not taken and not limits,
        obstacles=(*taken, *(OBSTACLES[limit.kind] for limit in limits)),
        why_not=(*map(obstacle_words, taken), *(hindrance_words(limit, asked.zone) for limit in limits)),
        price=price,
        nearest=tuple(others),
        earliest=earliest,
        requires_approval=asked.requires_approval,
        rules=asked.rules,
        house=asked.house,
        extras_taken=asked.extras_taken,
    )
