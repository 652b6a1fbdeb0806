"""Values of clashes: how one ends, and one that is open."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.kit.ids import BookingId


class How(StrEnum):
    """How a clash ended; held equal to the CHECK of the table by a test."""

    RETURNED = "returned"  # the car is back, or was never due so long
    FREED = "freed"  # whose day it was has it no longer
    STAFF = "staff"  # staff saw to it, and said how


class Clash(msgspec.Struct, frozen=True, kw_only=True):
    """A car that is not back and is needed: ``hit_id`` is whose the day is, None where we have it out of the shop ourselves."""

    id: UUID
    late_id: BookingId
    hit_id: BookingId | None
    day: date
