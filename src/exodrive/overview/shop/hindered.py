"""What the price rules have against some days of a car, before an hour is chosen: as obstacles, and each in a sentence."""

from datetime import date, datetime, time

from exodrive.availability.service import Obstacle
from exodrive.kit.days import Days, moment_at
from exodrive.pricing.kinds import Notice
from exodrive.pricing.limits import Hindrance, HindranceKind, earliest_pickup, hindrances
from exodrive.pricing.rules import CarRules, House, book_of

_LAST = time(23, 59)
OBSTACLES = {
    HindranceKind.TOO_SHORT: Obstacle.TOO_SHORT,
    HindranceKind.TOO_LONG: Obstacle.TOO_LONG,
    HindranceKind.TOO_SOON: Obstacle.TOO_SOON,
}


def hindered(car: CarRules, house: House, days: Days, *, now: datetime, zone: str) -> list[Hindrance]:
    """Return what the rules have against these days; a day is too soon when no hour of it will do. The past is judged elsewhere."""
    pickup_at = moment_at(days.start, _LAST, zone)
    return [
        limit for limit in hindrances(car, house, days, now=now, pickup_at=pickup_at, zone=zone) if limit.earliest is None or limit.rule
    ]


def too_soon(car: CarRules, house: House, days: Days, *, now: datetime, zone: str) -> frozenset[date]:
    """Return those of these days, all from today on, on which no rental can begin any more."""
    if not book_of(car, house).of(Notice):
        return frozenset()
    return frozenset(day for day in days if moment_at(day, _LAST, zone) < earliest_pickup(car, house, day, now=now, zone=zone)[0])
