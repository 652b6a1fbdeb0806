"""Verbs of the fleet: find a car or a place, and check a time against opening hours."""

from datetime import date, time
from uuid import UUID

from babel.dates import format_time, get_day_names

from exodrive.fleet import store
from exodrive.fleet.model import Car, Location
from exodrive.kit import words
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput, NotFound
from exodrive.kit.ids import CarId, LocationId
from exodrive.kit.words import _


class UnknownCar(NotFound):
    """There is no such car, or it is not shown: both answer the same."""

    code = "unknown-car"

    def __init__(self) -> None:
        super().__init__(_("We have no such car. It may have left our fleet."))


async def find_car(db: Db, slug: str) -> Car:
    """Return the car behind a slug from an address; raises UnknownCar, for a hidden car too."""
    car = await store.car_by_slug(db, slug)
    if car is None or car.hidden:
        raise UnknownCar
    return car


async def find_car_by_id(db: Db, car_id: CarId) -> Car:
    """Return a car by its id; raises UnknownCar, for a hidden car too."""
    car = await store.car_by_id(db, car_id)
    if car is None or car.hidden:
        raise UnknownCar
    return car


def parse_car_id(text: str | None, *, field: str = "car_id") -> CarId:
    """Read a car's id from a request; raises BadInput naming the field."""
    if not text:
        raise BadInput(_("Say which car."), fields={field: _("Give the id of a car.")})
    try:
        return CarId(UUID(text))
    except ValueError:
        raise unknown_id(field) from None


def unknown_id(field: str = "car_id") -> BadInput:
    """Return the refusal of an id that belongs to no car we show."""
    return BadInput(_("We have no such car."), fields={field: _("There is no car with this id.")})


async def find_location(db: Db, location_id: LocationId, *, field: str = "location") -> Location:
    """Return a place of ours that is in use; raises BadInput naming the field."""
    location = await store.location_by_id(db, location_id)
    if location is None or not location.is_active:
        raise BadInput(_("We have no such place."), fields={field: _("Choose one of our places, or give an address.")})
    return location


def check_hours(location: Location, day: date, at: time, *, field: str = "time") -> None:
    """Raise BadInput, naming the field and the hours, when a place is closed on a day at a wall-clock time; both ends count as open."""
    hours = location.hours_on(day)
    if hours is None:
        names = get_day_names("wide", locale=words.locale())
        sentence = _("{place} is closed on {weekday}. Choose another day or place.")
        message = sentence.format(place=location.name, weekday=names[day.weekday()])
    elif hours.opens <= at <= hours.closes:
        return
    else:
        sentence = _("{place} is open from {opens} to {closes} on that day. Choose a time between.")
        message = sentence.format(place=location.name, opens=_clock(hours.opens), closes=_clock(hours.closes))
    raise BadInput(message, fields={field: message})


def _clock(at: time) -> str:
    return format_time(at, format="short", locale=words.locale())
