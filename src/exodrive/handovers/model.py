"""Values of hand-overs: what is read at the car, and what is kept of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

Odometer = Annotated[int, msgspec.Meta(ge=0, le=9_999_999)]
Fuel = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Way(StrEnum):
    """Which way a car changed hands; held equal to the CHECK of the table by a test."""

    OUT = "out"
    IN = "in"


class Reading(msgspec.Struct, frozen=True):
    """What is read at a car: the odometer in the car's own unit, and how full tank or battery is, in percent."""

    odometer: Odometer
    fuel: Fuel


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A car that changed hands. ``without_deposit`` is why a manager gave the key while nothing was held."""

    way: Way
    at: datetime
    odometer: int
    fuel: int
    without_deposit: str | None = None
    by: str | None = None
