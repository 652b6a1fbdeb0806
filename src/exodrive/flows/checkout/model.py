"""Values of checkout: what an order is checked against, what is written for it, and how its payment stands."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings.model import Caller, CheckoutOrder, Link
from exodrive.fleet.model import Location
from exodrive.kit.ids import BookingId, CarId, LocationId
from exodrive.pricing.model import Price
from exodrive.pricing.rules import CarRules, House


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What our own rows say about an order's car and places; ``home_zone`` counts where the pick-up is at an address.

    ``now`` is the database's moment: a web server with a wrong clock sells at the right time all the same.
    """

    rules: CarRules
    house: House
    car_name: str
    available: bool
    minimum_age: int
    turnaround_days: int
    home_zone: str
    now: datetime
    locations: dict[LocationId, Location]


class BookedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as it is kept on the booking, copied so that it stays what it was when it was booked."""

    id: UUID
    type: str
    location_id: LocationId | None = None
    name: str | None = None
    line1: str
    line2: str | None = None
    city: str
    state: str | None = None
    code: str | None = None
    country: str
    formatted: str
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    fee: Decimal
    instructions: str | None = None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """An order that may be booked if its days are free."""

    order: CheckoutOrder
    price: Price
    time_zone: str
    pickup_at: datetime
    return_due_at: datetime
    places: tuple[BookedPlace, BookedPlace]
    turnaround_days: int


class NewBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking about to be written, with its link and the answer its request gets again when it is repeated."""

    id: BookingId
    reference: str
    checked: Checked
    caller: Caller
    link: Link
    hold_expires_at: datetime
    snapshot: dict[str, Any]
    tiers: list[Any]
    answer: dict[str, Any]


class UnpaidHold(msgspec.Struct, frozen=True):
    """A pending booking of the same e-mail address, network or browser. ``paying``: its payment is on its way."""

    id: BookingId
    car_id: CarId
    same_email: bool
    same_network: bool
    same_browser: bool
    lapses_at: datetime | None
    paying: bool


class Step(StrEnum):
    """How a payment stands after PayPal sent the renter back."""

    PAID = "paid"  # the car is theirs
    NOT_PAID = "not-paid"  # not approved at PayPal yet: pay again
    DECLINED = "declined"  # PayPal said no: nothing was charged, pay again while the days are held
    CHECKING = "checking"  # PayPal has not told us the end yet: nothing to do, we finish it
    GONE = "gone"  # the days went to somebody else, or the booking ended: nothing was charged


class Outcome(msgspec.Struct, frozen=True):
    """How the payment of a booking stands."""

    step: Step
    booking_id: BookingId
    reference: str
