"""Values of reviews."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from exodrive.kit.ids import BookingId, CarId


class ReviewState(StrEnum):
    """What staff decided about a review."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class Review(msgspec.Struct, frozen=True):
    """A renter's words as they leave them: one to five, a name to show, and plain text."""

    rating: Annotated[int, msgspec.Meta(ge=1, le=5)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    comment: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Rental(msgspec.Struct, frozen=True):
    """The rental that a review is about; ``start`` is its first day."""

    booking_id: BookingId
    car_id: CarId
    start: date
