"""What happened and will happen in the demo: who has which car when, made up from the day it is, always the same for a day."""

from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from random import Random

import msgspec

from exodrive.availability.model import occupied
from exodrive.kit.days import ONE_DAY, Days
from exodrive.operate.seed.cars import texts
from exodrive.operate.seed.terms import TERMS

_PAST_DAYS = 60
_COMING_DAYS = 45
_LENGTHS = (1, 2, 2, 3, 3, 3, 4, 5, 7)
_QUIET_DAYS = 6


class Kind(StrEnum):
    """What an entry in a car's calendar is."""

    RENTAL = "rental"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    MAINTENANCE = "maintenance"
    BLOCKED = "blocked"


class Stay(msgspec.Struct, frozen=True):
    """An entry in a car's calendar; ``seed`` decides all its details."""

    slug: str
    days: Days
    kind: Kind
    seed: int
    note: str = ""

    @property
    def turnaround_days(self) -> int:
        """The days after it in which the car is made ready; none after service."""
        return TERMS[self.slug].turnaround_days if self.kind is Kind.RENTAL else 0


def story(slugs: list[str], today: date) -> list[Stay]:
    """Return all entries of all cars, from two months ago to six weeks ahead.

    Every car keeps six free days in a row within the next two weeks, so that the shop always has something to sell.
    """
    return list(chain.from_iterable(_car_story(slug, number, today) for number, slug in enumerate(slugs)))


def _car_story(slug: str, number: int, today: date) -> list[Stay]:
    rng = Random(f"{slug} {today}")  # noqa: S311 - a story, not a secret
    quiet = _quiet(number, today)
    stays = _fixed(slug, number, today)
    minimum = next(car["minimum_days"] for car in texts()["cars"] if car["slug"] == slug)
    kept = [quiet, *(occupied(stay.days, stay.turnaround_days) for stay in stays)]
    day = today - timedelta(days=_PAST_DAYS - rng.randrange(6))
    while day <= today + timedelta(days=_COMING_DAYS):
        stay = Stay(slug, _span(day, max(minimum, rng.choice(_LENGTHS))), _kind(rng, day, today), rng.getrandbits(32))
        taken = occupied(stay.days, TERMS[slug].turnaround_days)
        blocker = next((other for other in kept if other.overlaps(taken)), None)
        if blocker:
            day = blocker.end + ONE_DAY
            continue
        stays.append(stay)
        day = taken.end + rng.randint(1, 5 if day < today else 9) * ONE_DAY
    return sorted(stays, key=lambda stay: stay.days)


def _span(first: date, length: int) -> Days:
    return Days(first, first + timedelta(days=length - 1))


def _quiet(number: int, today: date) -> Days:
    """The days that stay free: their beginning wanders from car to car."""
    return _span(today + timedelta(days=1 + number * 2 % 8), _QUIET_DAYS)


def _fixed(slug: str, number: int, today: date) -> list[Stay]:
    """What must be seen in every demo: cars on the road today, and cars out of the shop."""
    entries = {
        1: (-2, 4, Kind.RENTAL, ""),
        2: (-1, 4, Kind.RENTAL, ""),
        3: (-20, 3, Kind.MAINTENANCE, "Annual service and new tyres"),
        5: (22, 2, Kind.MAINTENANCE, "Brake fluid and wheel alignment"),
        6: (15, 1, Kind.BLOCKED, "Photographs for the new season"),
        7: (-12, 2, Kind.NO_SHOW, ""),
    }
    if number not in entries:
        return []
    offset, length, kind, note = entries[number]
    return [Stay(slug, _span(today + timedelta(days=offset), length), kind, number + 1, note)]


def _kind(rng: Random, day: date, today: date) -> Kind:
    # Today's rentals stay as they are: nobody cancels a car that is on the road.
    return Kind.CANCELLED if rng.random() < 0.1 and day != today else Kind.RENTAL
