"""Verbs of availability: read and check the days somebody asks for, say why they cannot be had, and find the nearest that can."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import TypeAlias

from babel.dates import format_date

from exodrive.availability import store
from exodrive.availability.model import is_free, occupied
from exodrive.kit import words
from exodrive.kit.days import ONE_DAY, Days
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import BookingId, CarId
from exodrive.kit.words import _, ngettext

NEAREST_WITHIN_DAYS = 45
_REACH = timedelta(days=NEAREST_WITHIN_DAYS)
# What may be rented from the first of some days on: these days, or longer or shorter where the rules want it, or nothing.
Fit: TypeAlias = Callable[[Days], Days | None]


class Obstacle(StrEnum):
    """Why a range cannot be booked although it was well asked for."""

    TAKEN = "taken"
    TURNAROUND = "turnaround"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SOON = "too_soon"
    NOT_RENTED = "not_rented"


def parse_days(start: str | None, end: str | None) -> Days:
    """Read two days from a request (``2026-06-01``); raises BadInput naming ``start``, ``end`` or both."""
    problems: dict[str, str] = {}
    first = _parse_day("start", start, problems)
    last = _parse_day("end", end, problems)
    if first and last and last < first:
        problems["end"] = _("The last day cannot be before the first day.")
    if problems or first is None or last is None:
        raise BadInput(_("Please check the days."), fields=problems)
    return Days(first, last)


def _parse_day(field: str, text: str | None, problems: dict[str, str]) -> date | None:
    if not text:
        problems[field] = _("Choose the first day.") if field == "start" else _("Choose the last day.")
        return None
    try:
        # Only the calendar form: fromisoformat alone would take 20260601 and 2026-W23-1 too.
        if len(text) != len("2026-06-01") or text[4] != "-" or text[7] != "-":
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        problems[field] = _("Write the day like {example}.").format(example="2026-06-01")
        return None


def check_days(days: Days, *, today: date, longest_rental_days: int, furthest_day_days: int) -> None:
    """Raise BadInput, naming the field, for days in the past, too many or too far ahead. ``today`` is the day at the car's home."""
    last_day = furthest_day(today, furthest_day_days)
    if days.start < today:
        fields = {"start": _("This day has passed. Choose today or later.")}
    elif days.end > last_day:
        sentence = _("You can book until {day}. Choose an earlier day.")
        told = sentence.format(day=format_date(last_day, "long", locale=words.locale()))
        fields = {"start" if days.start > last_day else "end": told}
    elif len(days) > longest_rental_days:
        sentence = ngettext("The longest rental is {number} day.", "The longest rental is {number} days.", longest_rental_days)
        fields = {"end": sentence.format(number=longest_rental_days)}
    else:
        return
    raise BadInput(_("Please check the days."), fields=fields)


def furthest_day(today: date, furthest_day_days: int) -> date:
    """Return the last day that can be booked today."""
    return today + timedelta(days=furthest_day_days)


def obstacles(days: Days, taken: Collection[date], *, turnaround_days: int, available: bool) -> list[Obstacle]:
    """Return what the calendar has against renting on these days, the weightiest first; the price rules may have more.

    ``taken`` are the car's taken days in the range and its turnaround.
    """
    found = [] if available else [Obstacle.NOT_RENTED]
    if any(day in days for day in taken):
        found.append(Obstacle.TAKEN)
    elif not is_free(days, turnaround_days, taken):
        found.append(Obstacle.TURNAROUND)
    return found


def obstacle_words(obstacle: Obstacle) -> str:
    """Return an obstacle of the calendar as a sentence for the renter; those of the price rules have words of their own."""
    return {
        Obstacle.TAKEN: _("The car is not free on all of these days."),
        Obstacle.TURNAROUND: _("The next rental begins too soon after these days: we need time to prepare the car."),
        Obstacle.NOT_RENTED: _("This car cannot be rented at present."),
    }[obstacle]


def near(days: Days) -> Days:
    """Return all days that lie near some days: at most 45 days earlier or later."""
    return Days(days.start - _REACH, days.end + _REACH)


async def nearest_free(
    db: Db,
    car_id: CarId,
    days: Days,
    *,
    today: date,
    furthest_day_days: int,
    fit: Fit,
    turnaround_days: int = 0,
    limit: int = 3,
    besides: BookingId | None = None,
) -> list[Days]:
    """Return up to ``limit`` ranges near ``days`` that can be had, the nearest first; see `nearest`. Days of ``besides`` count as free."""
    taken = await store.taken_days(db, car_id, occupied(near(days), turnaround_days), besides=besides)
    last = furthest_day(today, furthest_day_days)
    return nearest(days, {day.date for day in taken}, first=today, last=last, fit=fit, turnaround_days=turnaround_days, limit=limit)


def nearest(days: Days, taken: set[date], *, first: date, last: date, fit: Fit, turnaround_days: int = 0, limit: int = 3) -> list[Days]:
    """Return the free ranges nearest to ``days``, of those that fit, by the distance of their first days; of two as near, the later first.

    None begins before ``first``, ends after ``last``, or reaches more than 45 days further than ``days`` on either side.
    """
    # Days as numbers: a crowd's losers are all told this, and a set meets a range of numbers without making a single date.
    lowest, highest = max(first, days.start - _REACH).toordinal(), min(last, days.end + _REACH).toordinal()
    numbers = {day.toordinal() for day in taken}
    starts = (start for start in _around(days.start.toordinal()) if lowest <= start <= highest and start not in numbers)
    fitting = (fit(_from(start, len(days))) for start in starts)
    free = (
        found
        for found in fitting
        if found is not None
        and found != days
        and found.end.toordinal() <= highest
        and numbers.isdisjoint(range(found.start.toordinal(), found.end.toordinal() + turnaround_days + 1))
    )
    return list(islice(free, limit))


def _from(start: int, length: int) -> Days:
    first = date.fromordinal(start)
    return Days(first, first + (length - 1) * ONE_DAY)


def _around(start: int) -> Iterator[int]:
    yield start
    for distance in range(1, NEAREST_WITHIN_DAYS + 1):
        yield start + distance
        yield start - distance
