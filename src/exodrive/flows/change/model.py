"""Values of changes: what may be changed, what it was and is to be, and how a change stands."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings.model import BookingStatus, CheckoutOrder, Code, Extras, Pieces, Place
from exodrive.flows.checkout.model import BookedPlace
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.pricing.model import Price
from exodrive.pricing.offers import Offer


class ChangeStatus(StrEnum):
    """Where a change stands; held equal to the CHECK of the table by a test."""

    PENDING = "pending"
    APPLIED = "applied"
    DROPPED = "dropped"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a renter wants otherwise, on the same days; what is None stays as it is. ``waiver`` "" is the cover everybody has."""

    pickup: Place | None = None
    dropoff: Place | None = None
    extras: Extras | None = None
    waiver: Code | None = None
    additional_drivers: Pieces | None = None


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What of a booking can be changed, as a renter says it."""

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


class Sold(msgspec.Struct, frozen=True):
    """What a change starts from: the booking as it stands, the price that was sold and how many changes it has had.

    ``snapshot`` is the price word for word as it is kept: what is superseded must be the very same. ``rest_paid`` is what was paid of what
    was due later, and ``rest_waived`` what staff forwent of it, for a price that is still in two parts.
    ``waits`` while we have not accepted it.
    """

    booking_id: BookingId
    reference: str
    status: BookingStatus
    pickup_at: datetime
    price: Price
    snapshot: dict[str, Any]
    version: int
    waits: bool = False
    rest_paid: Decimal = Decimal(0)
    rest_waived: Decimal = Decimal(0)

    @property
    def is_settled(self) -> bool:
        """Whether its second part is paid or forgone: what is changed from then on is paid in one."""
        return bool(self.rest_paid or self.rest_waived)


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that may be made: both prices, and what has to be claimed for it. ``claims`` are the pieces it takes along beyond before."""

    sold: Sold
    old: CheckoutOrder
    new: CheckoutOrder
    price: Price
    arranged: Arranged
    claims: dict[str, int]
    scarce: tuple[Offer, ...]

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
    """A change as it is kept. ``expires_at`` is None once it is decided."""

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

    @property
    def money(self) -> Money:
        """What it costs, or gives back below zero."""
        return Money(self.difference, self.currency)

    def is_held(self, now: datetime) -> bool:
        """Whether it waits to be paid, and what it claims is kept for it."""
        return self.status is ChangeStatus.PENDING and self.expires_at is not None and self.expires_at > now


class Made(msgspec.Struct, frozen=True):
    """A change that was written; ``approve_url`` is where it is paid, None when it needs no payment and is in force."""

    change_id: UUID
    approve_url: str | None


def chosen_in(order: CheckoutOrder) -> Chosen:
    """Return what of an order can be changed later."""
    return Chosen(
        pickup=order.pickup,
        dropoff=order.dropoff,
        extras=order.extras,
        waiver=order.waiver,
        additional_drivers=order.additional_drivers,
    )
