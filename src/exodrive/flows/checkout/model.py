"""Values of checkout: what an order is checked against, what is written for it, and how its payment stands."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings.model import BookingStatus, Caller, CheckoutOrder, Link, PlaceKind, Rules
from exodrive.fleet.model import Location
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId, CarId, LocationId
from exodrive.kit.money import Money
from exodrive.pricing.model import Price
from exodrive.pricing.offers import Offer
from exodrive.pricing.rules import CarRules, House


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What our own rows say about an order's car and places; ``home_zone`` counts where the pick-up is at an address.

    ``now`` is the database's moment: a web server with a wrong clock sells at the right time all the same. ``taken``: a day
    is somebody else's already, so that claiming is pointless.
    """

    rules: CarRules
    house: House
    car_name: str
    available: bool
    minimum_age: int
    turnaround_days: int
    requires_approval: bool = False
    home_zone: str
    now: datetime
    taken: bool
    locations: dict[LocationId, Location]


class BookedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as it is kept on the booking, copied so that it stays what it was when it was booked."""

    id: UUID
    type: PlaceKind
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
    """An order that may be booked if its days are free, and so many of its ``scarce`` extras are left."""

    order: CheckoutOrder
    price: Price
    time_zone: str
    pickup_at: datetime
    return_due_at: datetime
    places: tuple[BookedPlace, BookedPlace]
    turnaround_days: int
    requires_approval: bool = False
    scarce: tuple[Offer, ...] = ()


class NewBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking about to be written, with its link and the answer its request gets again when it is repeated.

    ``approval_hours`` is how long its renter is told we take to accept it once it is paid; None for a car that needs no answer.
    """

    id: BookingId
    reference: str
    checked: Checked
    caller: Caller
    link: Link
    hold_expires_at: datetime
    snapshot: dict[str, Any]
    tiers: list[Any]
    approval_hours: int | None
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


class Survey(msgspec.Struct, frozen=True):
    """What a claim finds under its locks: whether its request was answered meanwhile, whether the car has dead holds, and unpaid holds of
    the same e-mail address, network or browser.
    """

    answered: bool
    dead_holds: bool
    unpaid: tuple[UnpaidHold, ...]


class Standing(msgspec.Struct, frozen=True):
    """A booking and its payment as they stand at ``now``; read under the car's lock before anything is decided.

    ``later`` is what of the price was sold to be paid later, ``amount`` is what the first payment asks for, ``extras`` are the pieces the
    booking takes along. ``held_days`` counts the days of the rental that are this booking's, turnaround apart; ``lapses_at`` is when they
    are free again, None for days with a payment on its way and for days that are sold or gone.
    """

    booking_id: BookingId
    reference: str
    car_id: CarId
    car_name: str | None
    turnaround_days: int
    status: BookingStatus
    start: date
    end: date
    time_zone: str
    locale: str
    created_at: datetime
    later: Decimal
    amount: Decimal
    currency: str
    captured: Decimal
    order_id: str | None
    approve_url: str | None
    capture_id: str | None
    held_days: int
    lapses_at: datetime | None
    declines: int
    last_decline: datetime | None
    extras: dict[str, int]
    now: datetime

    @property
    def days(self) -> Days:
        """The days of the rental."""
        return Days(self.start, self.end)

    @property
    def money(self) -> Money:
        """What is to be paid."""
        return Money(self.amount, self.currency)

    @property
    def is_held(self) -> bool:
        """Whether the days are held, unpaid, right now."""
        return self.status is BookingStatus.PENDING and self.lapses_at is not None and self.lapses_at > self.now

    def held_until(self, rules: Rules) -> datetime:
        """Return until when the days are the renter's while nothing is paid: some minutes from the order, and a few from a decline.

        Only so many declines count, or declining would hold a car for ever.
        """
        ordered = self.created_at + rules.hold
        if self.last_decline is None or self.declines > rules.retries:
            return ordered
        return max(ordered, self.last_decline + timedelta(minutes=rules.retry_minutes))


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What an order at PayPal says and leads to, as it was when it was first asked for: names and addresses may change any time."""

    description: str
    brand_name: str
    return_url: str
    cancel_url: str
    locale: str


class Expected(msgspec.Struct, frozen=True):
    """What PayPal must name when it tells of something we asked for.

    ``invoice_id`` is None for what was asked for before our number was kept: then it must begin with the booking's. ``payee`` is None
    while nobody said who is paid.
    """

    money: Money
    booking_id: BookingId
    reference: str
    invoice_id: str | None
    payee: str | None


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
