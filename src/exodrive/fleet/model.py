"""Values of the fleet: a car, what is shown of it, and a place with its opening hours."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from exodrive.kit.ids import CarId, LocationId


class View(StrEnum):
    """From where a picture shows the car."""

    SIDE = "side"
    FRONT = "front"
    REAR = "rear"
    INTERIOR = "interior"
    DETAIL = "detail"


class Transmission(StrEnum):
    """Who changes gear; a car without gears counts as automatic."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Car(msgspec.Struct, frozen=True):
    """A car as everybody may see it. ``time_zone`` is its home location's; ``short_description`` and ``colour`` may be absent."""

    id: CarId
    slug: str
    name: str
    category: str
    year: int | None
    colour: str | None
    short_description: str | None
    description: str
    available: bool
    featured: bool
    hidden: bool
    home_location_id: LocationId
    time_zone: str
    seats: int
    included_distance_per_day: int | None
    price_per_extra_distance: Decimal | None
    distance_unit: Literal["mi", "km"]
    minimum_age: int
    licence_years: int
    turnaround_days: int
    requires_approval: bool


class Image(msgspec.Struct, frozen=True):
    """A picture: ``path`` has no ending, each exists as ``.avif`` and ``.webp``; width and height in pixels."""

    view: str
    path: str
    alt: str
    width: int
    height: int
    transparent: bool
    is_primary: bool


class Specification(msgspec.Struct, frozen=True):
    """One figure of a car, in the operator's words: ``Power``, ``640 hp``."""

    name: str
    value: str
    is_highlighted: bool


class Feature(msgspec.Struct, frozen=True):
    """One thing a car has, in the operator's words."""

    name: str
    description: str | None
    is_highlighted: bool


class Hours(msgspec.Struct, frozen=True):
    """When a place is open on an ISO weekday (1 Monday to 7 Sunday), by its own wall clock."""

    weekday: int
    opens: time
    closes: time


class Location(msgspec.Struct, frozen=True):
    """A place of ours where cars are handed over. A weekday without hours is closed."""

    id: LocationId
    name: str
    address_line1: str
    address_line2: str | None
    city: str
    state_province: str | None
    postal_code: str | None
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    phone: str | None
    directions: str | None
    time_zone: str
    is_active: bool
    hours: tuple[Hours, ...]

    def hours_on(self, day: date) -> Hours | None:
        """Return the hours of this day, or None when the place is closed."""
        weekday = day.isoweekday()
        return next((hours for hours in self.hours if hours.weekday == weekday), None)

    @property
    def formatted_address(self) -> str:
        """The address on one line, as it is kept on a booking."""
        region = " ".join(part for part in (self.state_province, self.postal_code) if part)
        return ", ".join(part for part in (self.address_line1, self.address_line2, self.city, region, self.country) if part)
