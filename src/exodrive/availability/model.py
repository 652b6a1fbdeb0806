"""Values of availability: the states of a car-day, why a day is taken in one word, and the error of coming too late."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.errors import Conflict
from exodrive.kit.ids import CarId
from exodrive.kit.words import _


class DayStatus(StrEnum):
    """The state of a taken car-day; a free day has no row."""

    PENDING = "pending"
    BOOKED = "booked"
    MAINTENANCE = "maintenance"
    BLOCKED = "blocked"
    TURNAROUND = "turnaround"


class Reason(StrEnum):
    """Why a day is taken, as anybody may know it: never by whom."""

    BOOKED = "booked"
    HELD = "held"
    SERVICE = "service"


_REASONS: dict[str, Reason] = {DayStatus.PENDING: Reason.HELD, DayStatus.BOOKED: Reason.BOOKED}


def reason_of(status: str) -> Reason:
    """Return the one word for a day's state: service stands for maintenance, a block and turnaround alike."""
    return _REASONS.get(status, Reason.SERVICE)


class TakenDay(msgspec.Struct, frozen=True):
    """A day on which the car cannot be had."""

    date: date
    reason: Reason


class CarTaken(Conflict):
    """A day that was wanted is not free (any more)."""

    code = "car-taken"

    def __init__(self, car_id: CarId, days: Days) -> None:
        super().__init__(_("Car just got booked – pick another date"))
        self.car_id, self.days = car_id, days


def occupied(days: Days, turnaround_days: int) -> Days:
    """Return the days a rental takes from the calendar: its own, and those after it in which the car is made ready."""
    return Days(days.start, days.end + timedelta(days=turnaround_days)) if turnaround_days else days


def is_free(days: Days, turnaround_days: int, taken: Collection[date]) -> bool:
    """Tell whether a rental on these days meets no taken day, its turnaround included."""
    return not any(day in taken for day in occupied(days, turnaround_days))
