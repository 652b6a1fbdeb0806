"""Values of bookings: the order a renter sends, who sends it, what is held for them, and the rules of the house."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId, CarId, LocationId
from exodrive.kit.money import Money

__all__ = [
    "Actor",
    "Address",
    "BookingStatus",
    "Caller",
    "CheckoutOrder",
    "Code",
    "Extras",
    "Held",
    "Link",
    "Pieces",
    "Place",
    "PlaceKind",
    "Rules",
    "Tariff",
    "Tier",
]

Line = Annotated[str, msgspec.Meta(max_length=200)]
# The short word for an extra or a cover, as its price rule names it; empty for none.
Code = Annotated[str, msgspec.Meta(pattern="^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=60)]
Pieces = Annotated[int, msgspec.Meta(ge=0, le=99)]
Extras = Annotated[dict[Code, Pieces], msgspec.Meta(max_length=50)]
PlaceKind = Literal["pickup", "dropoff"]


class Tier(msgspec.Struct, frozen=True):
    """Cancelled at least so many hours before pick-up, this percentage of what was paid goes back; None of them: when nobody came."""

    hours_before: int | None
    percent: int


class Tariff(StrEnum):
    """What days that are added at the end of a rental cost, as `flows.change.rates` tells; held equal to the CHECK of a table by a test."""

    NEW_TOTAL = "new_total"
    OLD_RATE = "old_rate"
    ADDED_DAYS = "added_days"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of the house for bookings; all times count from the pick-up or the return as booked."""

    hold_minutes: int = 20
    retry_minutes: int = 10  # what a renter has left at least after a payment was declined
    retries: int = 3  # how many declined payments give that time
    longest_rental_days: int = 30
    furthest_day_days: int = 365
    holds_per_email: int = 2
    holds_per_network: int = 4
    link_days: int = 30  # how long the private link lives after the return
    letter_minutes: int = 5  # who has not paid by then gets a letter with the link to the held car; 0 sends none
    change_hours: int = 24  # until so long before the pick-up a renter may change the booking
    extension_tariff: Tariff = Tariff.NEW_TOTAL  # what renters pay for days they add at the end
    staff_change_hours: int = 24  # so long a change that staff made and that costs more waits for its payment
    cancel_hours: int = 48  # until so long before the pick-up a renter may cancel the booking
    no_show_minutes: int = 120  # how long staff may take back that nobody came; then the days are free
    approval_hours: int = 24  # so long staff have to accept a booking of a car that requires it
    terms_version: str = "2026-11-01"
    cancellation_tiers: tuple[Tier, ...] = (Tier(48, 100), Tier(24, 50), Tier(0, 0), Tier(None, 0))

    @property
    def hold(self) -> timedelta:
        """How long days are held for a renter who has not paid yet."""
        return timedelta(minutes=self.hold_minutes)


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a car is brought to or fetched from, when that is no place of ours. ``country`` is ISO 3166 with two letters."""

    line1: Line
    line2: Line = ""
    city: Line
    state_province: Line = ""
    postal_code: Line = ""
    country: Line

    @property
    def formatted(self) -> str:
        """The address on one line."""
        region = " ".join(part for part in (self.state_province, self.postal_code) if part)
        return ", ".join(part for part in (self.line1, self.line2, self.city, region, self.country) if part)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a car changes hands: a location of ours, or an address; ``time`` is the wall clock there."""

    time: time
    location_id: LocationId | None = None
    address: Address | None = None
    instructions: Annotated[str, msgspec.Meta(max_length=500)] = ""


class CheckoutOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a renter orders, as it was typed in; nothing of it is believed before ``hold`` has checked it.

    ``quote`` is the signed text that came with the price they saw; ``terms`` the version of the terms they accepted, empty when they did
    not. The days are calendar days at the pick-up, both included. ``extras`` are pieces by code, ``waiver`` is the code of the cover that
    is wanted, empty for the one everybody has; ``part_payment`` asks to pay a part now and the rest later. ``keep_wallet`` agrees that
    the deposit is held from the wallet that pays, where the house offers that.
    """

    car_id: CarId
    start: date
    end: date
    pickup: Place
    dropoff: Place
    email: Annotated[str, msgspec.Meta(max_length=254)]
    first_name: Annotated[str, msgspec.Meta(max_length=100)]
    last_name: Annotated[str, msgspec.Meta(max_length=100)]
    phone: Annotated[str, msgspec.Meta(max_length=40)]
    birth_date: date | None
    extras: Extras = {}
    waiver: Code = ""
    additional_drivers: Pieces = 0
    part_payment: bool = False
    keep_wallet: bool = False
    notes: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    quote: str
    terms: str = ""
    locale: Annotated[str, msgspec.Meta(max_length=20)] = "en_US"

    @property
    def days(self) -> Days:
        """The days of the rental; ValueError when it ends before it starts."""
        return Days(self.start, self.end)


class Caller(msgspec.Struct, frozen=True):
    """Who asks: the hash of the browser's random cookie, and the network (an IPv4 address, or the /64 of an IPv6 one)."""

    browser_hash: bytes | None
    network: str


class Actor(msgspec.Struct, frozen=True):
    """Who did something to a booking, for its history."""

    kind: Literal["customer", "admin", "system", "webhook_paypal"]
    id: str | None = None
    name: str | None = None


SYSTEM = Actor("system")
CUSTOMER = Actor("customer")
PAYPAL = Actor("webhook_paypal")


class Link(msgspec.Struct, frozen=True):
    """What a private link is made from: the token itself is never stored, and made again with the link key."""

    nonce: bytes
    token_hash: bytes
    expires_at: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Days held for a renter until they pay: the booking, the token of its private page, and how long there is to pay.

    ``due_now`` is what is asked for at first, the whole ``total`` or a part of it; the rest is due on the day ``due_on``. Once paid it
    waits ``approval_hours`` at most to be accepted; None where the car is the renter's with the payment.
    """

    booking_id: BookingId
    reference: str
    token: str
    hold_expires_at: datetime
    total: Money
    due_now: Money
    due_on: date | None = None
    approval_hours: int | None = None
