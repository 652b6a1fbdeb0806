"""Where and when a car may change hands, as the checkout offers it: our places with their hours on the day, and times to choose from."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from exodrive.fleet.model import Location
from exodrive.kit.days import moment_at
from exodrive.kit.words import _
from exodrive.pricing.kinds import AfterHours
from exodrive.web.shell.formats import clock_time

_EARLIEST, _LATEST = time(6), time(22)  # of a delivery: our places' own hours are narrower
_STEP = timedelta(minutes=30)
_HALF_HOURS = 48
NOTICE = timedelta(hours=1)  # what we need to hand over a car today


class PlaceChoice(msgspec.Struct, frozen=True):
    """One of our places on one day; ``hours`` says when it is open then, ``is_closed`` that it is not at all."""

    id: str
    name: str
    address: str
    hours: str
    is_closed: bool


class TimeChoice(msgspec.Struct, frozen=True):
    """One time of day, as the form sends it and as it is shown."""

    value: str
    words: str


def place_choices(places: list[Location], day: date) -> tuple[PlaceChoice, ...]:
    """Return our places with their hours on a day."""
    return tuple(_choice(place, day) for place in places)


def _choice(place: Location, day: date) -> PlaceChoice:
    hours = place.hours_on(day)
    words = _("Open %(opens)s – %(closes)s") % {"opens": clock_time(hours.opens), "closes": clock_time(hours.closes)} if hours else ""
    return PlaceChoice(str(place.id), place.name, place.formatted_address, words or _("Closed on this day"), hours is None)


def time_choices(day: date, zone: str, earliest: datetime, late: Sequence[AfterHours] = ()) -> tuple[TimeChoice, ...]:
    """Return the half hours of a day at a place from the earliest moment on, in the night only those that a rule has a fee for."""
    hours = [(datetime.combine(day, time.min) + number * _STEP).time() for number in range(_HALF_HOURS)]
    offered = [hour for hour in hours if _EARLIEST <= hour <= _LATEST or any(rule.at(hour) for rule in late)]
    if earliest > moment_at(day, time.min, zone):
        offered = [hour for hour in offered if moment_at(day, hour, zone) >= earliest]
    return tuple(TimeChoice(hour.isoformat("minutes"), clock_time(hour)) for hour in offered)


def likely_place(places: list[Location], home: Location, day: date) -> str:
    """Return the id of the place most will want: the car's home if it is open that day, else the first that is."""
    open_places = [place for place in places if place.hours_on(day)]
    return str(next((place.id for place in open_places if place.id == home.id), open_places[0].id if open_places else home.id))


def likely_time(wanted: time, place: Location | None, day: date, offered: tuple[TimeChoice, ...]) -> str:
    """Return the wanted time, moved into the place's hours and to what is still to come."""
    hours = place.hours_on(day) if place else None
    within = min(max(wanted, hours.opens), hours.closes) if hours else wanted
    text = within.isoformat("minutes")
    return next((choice.value for choice in offered if choice.value >= text), offered[-1].value if offered else text)
