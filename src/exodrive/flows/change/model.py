"""Values of changes: what may be changed, what it was and is to be, and how a change stands."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec

from exodrive.bookings.model import BookingStatus, CheckoutOrder, Code, Extras, Pieces, Place, Tariff
from exodrive.flows.checkout.model import BookedPlace
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId, CarId
from exodrive.kit.money import Money
from exodrive.pricing.model import Price
from exodrive.pricing.offers import Offer


class ChangeStatus(StrEnum):
    """Where a change stands; held equal to the CHECK of the table by a test."""

    PENDING = "pending"
    APPLIED = "applied"
    DROPPED = "dropped"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted otherwise; what is None stays as it is. ``waiver`` "" is the cover everybody has.

    Other days or another car are wanted with the ``terms`` in force, by the version that was accepted.
    """

    start: date | None = None
    end: date | None = None
    car_id: CarId | None = None
    pickup: Place | None = None
    dropoff: Place | None = None
    extras: Extras | None = None
    waiver: Code | None = None
    additional_drivers: Pieces | None = None
    terms: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What of a booking can be changed, as a renter says it. The days and the car were not told by changes from before they could be."""

    start: date | None = None
    end: date | None = None
    car_id: CarId | None = None
    pickup: Place
    dropoff: Place
    extras: dict[str, int]
    waiver: str
    additional_drivers: int


class Arranged(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen as it is written into the booking; times are moments, places are copies of what they are today."""

    chosen: Chosen
    pickup_at: datetime
    return_due_at: datetime
    time_zone: str
    places: tuple[BookedPlace, BookedPlace]
    due_later: Decimal
    due_on: date | None
    turnaround_days: int = 0
    deposit: Decimal | None = None


class Sold(msgspec.Struct, frozen=True):
    """What a change starts from: the booking as it stands, the price that was sold and how many changes it has had.

    ``snapshot`` is the price word for word as it is kept: what is superseded must be the very same. ``rest_paid`` is what was paid of what
    was due later, and ``rest_waived`` what staff forwent of it, for a price that is still in two parts.
    ``waits`` while we have not accepted it; ``is_back`` once the car was returned.
    """

    booking_id: BookingId
    reference: str
    status: BookingStatus
    pickup_at: datetime
    return_due_at: datetime
    price: Price
    snapshot: dict[str, Any]
    version: int
    waits: bool = False
    rest_paid: Decimal = Decimal(0)
    rest_waived: Decimal = Decimal(0)
    is_back: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether its second part is paid or forgone: what is changed from then on is paid in one."""
        return bool(self.rest_paid or self.rest_waived)


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that may be made: both prices, and what has to be claimed for it.

    ``claims`` are the pieces it takes along beyond before; ``scarce`` are the extras of which enough must be left. ``terms`` is the version
    that was accepted with it, ``car_name`` that of the car wanted.
    """

    sold: Sold
    old: CheckoutOrder
    new: CheckoutOrder
    price: Price
    arranged: Arranged
    claims: dict[str, int]
    scarce: tuple[Offer, ...]
    tariff: Tariff = Tariff.NEW_TOTAL
    terms: str | None = None
    car_name: str = ""

    @property
    def moves(self) -> bool:
        """Whether it is about other days, or another car."""
        return (self.old.car_id, self.old.start, self.old.end) != (self.new.car_id, self.new.start, self.new.end)

    @property
    def difference(self) -> Money:
        """What is to be paid now, or given back when it is below zero."""
        due = max(self.price.due_now - self.sold.rest_waived, Decimal(0))
        return Money(due - self.sold.price.due_now - self.sold.rest_paid, self.price.inputs.currency)

    @property
    def is_nothing(self) -> bool:
        """Whether everything would stay as it is."""
        return chosen_in(self.old) == chosen_in(self.new)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change as it is kept. ``expires_at`` is None once it is decided; ``pay_until`` is how long there was to pay for it."""

    id: UUID
    booking_id: BookingId
    number: int
    status: ChangeStatus
    before_price: dict[str, Any]
    after_price: dict[str, Any]
    before: Chosen
    after: Arranged
    claims: dict[str, int]
    difference: Decimal
    currency: str
    expires_at: datetime | None
    order_id: str | None
    approve_url: str | None
    created_at: datetime
    pay_until: datetime | None

    @property
    def moves(self) -> bool:
        """Whether it is about other days, or another car."""
        was, becomes = self.before, self.after.chosen
        return (was.car_id, was.start, was.end) != (becomes.car_id, becomes.start, becomes.end)

    @property
    def days(self) -> Days | None:
        """The days it is about; None where they were not told."""
        chosen = self.after.chosen
        return Days(chosen.start, chosen.end) if chosen.start and chosen.end else None

    @property
    def is_longer(self) -> bool:
        """Whether nothing but the return changes, and that to a later moment: such a change can be made while the car is out."""
        was, becomes = self.before, self.after.chosen
        same = (was.car_id, was.start, was.pickup) == (becomes.car_id, becomes.start, becomes.pickup)
        return bool(same and was.end and becomes.end and was.end < becomes.end)

    @property
    def money(self) -> Money:
        """What it costs, or gives back below zero."""
        return Money(self.difference, self.currency)

    def is_held(self, now: datetime) -> bool:
        """Whether it waits to be paid, and what it claims is kept for it."""
        return self.status is ChangeStatus.PENDING and self.expires_at is not None and self.expires_at > now


class Noted(msgspec.Struct, frozen=True):
    """A change with who made it and why, and why it was dropped and when it was decided; parts that nobody told are empty."""

    change: Change
    actor: str | None
    actor_name: str
    why: str
    dropped_because: str
    decided_at: datetime | None


class Made(msgspec.Struct, frozen=True):
    """A change that was written; ``approve_url`` is where it is paid, None when it needs no payment and is in force."""

    change_id: UUID
    approve_url: str | None


def chosen_in(order: CheckoutOrder) -> Chosen:
    """Return what of an order can be changed later."""
    return Chosen(
        start=order.start,
        end=order.end,
        car_id=order.car_id,
        pickup=order.pickup,
        dropoff=order.dropoff,
        extras=order.extras,
        waiver=order.waiver,
        additional_drivers=order.additional_drivers,
    )
