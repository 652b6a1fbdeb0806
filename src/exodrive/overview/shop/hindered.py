"""What the price rules have against some days of a car, before an hour is chosen, and what days they let be had instead."""

from datetime import date, datetime, time

from exodrive.availability.service import Fit, Obstacle
from exodrive.kit.days import ONE_DAY, Days, moment_at
from exodrive.pricing.kinds import Notice
from exodrive.pricing.limits import Hindrance, HindranceKind, earliest_pickup, hindrances, limits_of
from exodrive.pricing.rules import CarRules, House, book_of

_LAST = time(23, 59)
_ROUNDS = 4  # of making days longer or shorter: two seasons that disagree would go on for ever
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


def fitting(car: CarRules, house: House, *, now: datetime, zone: str, longest_rental_days: int) -> Fit:
    """Return what makes of some days those that the rules let be had from the same first day on.

    They are as long as asked for where that may be, else as much longer or shorter as the rules want; None where nothing may be had.
    """

    def fit(days: Days) -> Days | None:
        found = _long_enough(car, house, days)
        if found is None or len(found) > longest_rental_days or hindered(car, house, found, now=now, zone=zone):
            return None
        return found

    return fit


def _long_enough(car: CarRules, house: House, days: Days) -> Days | None:
    """The days made as long as their limits want; days that come in by it may bring limits of their own. None when it comes to no end."""
    for _round in range(_ROUNDS):
        limits = limits_of(car, house, days)
        length = max(len(days), limits.minimum)
        length = min(length, limits.maximum or length)
        if length == len(days):
            return days
        days = Days(days.start, days.start + (length - 1) * ONE_DAY)
    return None


def too_soon(car: CarRules, house: House, days: Days, *, now: datetime, zone: str) -> frozenset[date]:
    """Return those of these days, all from today on, on which no rental can begin any more."""
    if not book_of(car, house).of(Notice):
        return frozenset()
    return frozenset(day for day in days if moment_at(day, _LAST, zone) < earliest_pickup(car, house, day, now=now, zone=zone)[0])
