"""How short, how long and how soon a rental may be: by seasons, else by the car's own minimum, and by notice."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from exodrive.kit.days import ONE_DAY, Days, day_at, moment_at
from exodrive.pricing.choosing import first_of
from exodrive.pricing.kinds import Notice, Season
from exodrive.pricing.rules import CarRules, House, book_of


class HindranceKind(StrEnum):
    """Why a rental is not to be had by its rules."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_SOON = "too-soon"


class Hindrance(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the way, with the limit it breaks: days at least or at most, or the earliest pick-up (aware)."""

    kind: HindranceKind
    days: int = 0
    earliest: datetime | None = None
    rule: str = ""


class Limits(msgspec.Struct, frozen=True):
    """How short and long a rental of some days may be, and the names of the seasons that say so; empty for the car's own."""

    minimum: int
    maximum: int | None
    minimum_rule: str = ""
    maximum_rule: str = ""


def limits_of(car: CarRules, house: House, days: Days) -> Limits:
    """Return the strictest limits that any day of a rental has.

    Each day has those of its first season that names one, and the car's own minimum where none does.
    """
    limits = Limits(car.rates.minimum_days, None)
    seasons = _limiting(car, house)
    if not seasons:
        return limits
    shortest, longest = [], []
    for day in days:
        low, high = _limits_on(seasons, day)
        shortest.append((low.minimum_days or 1, low.name) if low else (car.rates.minimum_days, ""))
        longest += [(high.maximum_days or 1, high.name)] if high else []
    minimum, maximum = max(shortest), min(longest, default=(None, ""))
    return Limits(minimum[0], maximum[0], minimum[1], maximum[1])


def usual_minimum(car: CarRules, house: House) -> int:
    """Return how many days a rental lasts at least outside all dated seasons."""
    always = (season for season in _limiting(car, house) if season.minimum_days and season.first is None and season.last is None)
    return next((season.minimum_days or 1 for season in always), car.rates.minimum_days)


def limiting(car: CarRules, house: House, days: Days) -> list[Season]:
    """Return the seasons that say how short or long a rental of any of these days may be, in the order of the days."""
    seasons = _limiting(car, house)
    found = (season for day in days for season in _limits_on(seasons, day) if season) if seasons else ()
    return list(dict.fromkeys(found))


def _limiting(car: CarRules, house: House) -> tuple[Season, ...]:
    return tuple(season for season in book_of(car, house).of(Season) if season.minimum_days or season.maximum_days)


def _limits_on(seasons: tuple[Season, ...], day: date) -> tuple[Season | None, Season | None]:
    """The first season that names the fewest days, and the first that names the most."""
    low = next((season for season in seasons if season.minimum_days and season.covers(day)), None)
    return low, next((season for season in seasons if season.maximum_days and season.covers(day)), None)


def earliest_pickup(car: CarRules, house: House, day: date, *, now: datetime, zone: str) -> tuple[datetime, str]:
    """Return the earliest moment at which a rental that begins on a day may begin, and the rule's name; ``now`` without a rule.

    Hours of notice are hours that pass, whatever the clock does; the cut-off is a time on the clock of the car's home, and after it
    nothing begins that day any more.
    """
    notice = first_of(book_of(car, house).of(Notice), day)
    if notice is None:
        return now, ""
    earliest = now + timedelta(hours=notice.hours)
    if notice.cutoff is not None:
        today = day_at(now, zone)
        if now >= moment_at(today, notice.cutoff, zone):
            earliest = max(earliest, moment_at(today + ONE_DAY, datetime.min.time(), zone))
    return earliest, notice.name


def hindrances(car: CarRules, house: House, days: Days, *, now: datetime, pickup_at: datetime, zone: str) -> list[Hindrance]:
    """Return what the rules have against a rental: too short, too long, too soon; nothing when it may be had."""
    limits = limits_of(car, house, days)
    found = []
    if len(days) < limits.minimum:
        found.append(Hindrance(kind=HindranceKind.TOO_SHORT, days=limits.minimum, rule=limits.minimum_rule))
    if limits.maximum is not None and len(days) > limits.maximum:
        found.append(Hindrance(kind=HindranceKind.TOO_LONG, days=limits.maximum, rule=limits.maximum_rule))
    earliest, name = earliest_pickup(car, house, days.start, now=now, zone=zone)
    if pickup_at < earliest:
        found.append(Hindrance(kind=HindranceKind.TOO_SOON, earliest=earliest, rule=name))
    return found
