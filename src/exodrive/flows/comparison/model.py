"""Values of the comparison: how far one has come, what our book knows of a booking's money, and what PayPal showed of it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.bookings.model import BookingStatus
from exodrive.deposits.states import HoldStatus
from exodrive.gateways.paypal import Authorization, Capture, Order, Refund
from exodrive.kit.ids import BookingId, OperationId
from exodrive.kit.money import Money
from exodrive.payments.differences.model import Finding, Gap, Thing
from exodrive.payments.model import End, Kind, Origin

THINGS = {
    Kind.CREATE_ORDER: Thing.ORDER,
    Kind.OPEN_HOLD: Thing.ORDER,
    Kind.HOLD: Thing.AUTHORIZATION,
    Kind.RENEW: Thing.AUTHORIZATION,
    Kind.CAPTURE: Thing.CAPTURE,
    Kind.CLAIM: Thing.CAPTURE,
    Kind.REFUND: Thing.REFUND,
    Kind.REPAY: Thing.REFUND,
}
Named = Mapping[str, Thing]  # PayPal's ids that somebody told of, with what they are


class Phase(StrEnum):
    """What a comparison is at; held equal to the CHECK of the table by a test."""

    BOOKINGS = "bookings"
    EVENTS = "events"
    DONE = "done"


class Run(msgspec.Struct, frozen=True):
    """A comparison: what changed since a moment, the last booking it looked at, and how far down it has read PayPal's events."""

    id: UUID
    since: datetime
    phase: Phase
    after: UUID | None
    events_until: datetime


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What our book knows of one thing at PayPal. ``target_id`` is the order of a capture or hold, or what is refunded or renewed.

    ``is_joint``: an order by which the deposit was held, too. ``end`` is None while nothing was answered, ``object_id`` while no answer
    named it.
    """

    operation_id: OperationId
    kind: Kind
    attempt: int
    origin: Origin
    target_id: str | None
    amount: Decimal
    currency: str
    end: End | None
    object_id: str | None
    merchant_id: str | None
    changed_at: datetime
    is_joint: bool = False

    @property
    def money(self) -> Money:
        """What was asked for, or moved."""
        return Money(self.amount, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether its end is not known yet: it is settled elsewhere."""
        return self.end is None or not self.end.is_final

    @property
    def has_moved(self) -> bool:
        """Whether our book says that it was done."""
        return self.end is End.SUCCEEDED


class Held(msgspec.Struct, frozen=True):
    """Where a hold of a deposit stands by our book, and until when it lives."""

    status: HoldStatus
    covered_until: datetime


class Book(msgspec.Struct, frozen=True):
    """Our book of one booking's money at a moment. ``holds`` are its deposits by the id that is in force.

    ``doubted`` are the ids about which a difference is open.
    """

    booking_id: BookingId
    reference: str
    status: BookingStatus
    captured: Decimal
    refunded: Decimal
    known: tuple[Known, ...]
    doubted: frozenset[str]
    holds: dict[str, Held]
    now: datetime

    def of(self, kind: Kind) -> tuple[Known, ...]:
        """Return what it knows of a kind."""
        return tuple(one for one in self.known if one.kind is kind)

    @property
    def ours(self) -> frozenset[str]:
        """The ids of what was done by our book, or will be settled."""
        return frozenset(one.object_id for one in self.known if one.object_id and (one.has_moved or one.is_open))

    def find(self, thing: Thing, object_id: str) -> Known | None:
        """Return what it knows of a thing, the latest where it was asked for twice."""
        return next((one for one in reversed(self.known) if THINGS.get(one.kind) is thing and one.object_id == object_id), None)

    def order_of(self, known: Known) -> str | None:
        """Return the order that a thing hangs on."""
        if known.kind in (Kind.CREATE_ORDER, Kind.OPEN_HOLD):
            return known.object_id
        if known.kind in (Kind.CAPTURE, Kind.HOLD):
            return known.target_id
        before = Thing.CAPTURE if known.kind in (Kind.REFUND, Kind.REPAY) else Thing.AUTHORIZATION
        target = self.find(before, known.target_id or "")
        return self.order_of(target) if target else None

    @property
    def is_taking(self) -> bool:
        """Whether money is being taken out of a hold: what PayPal shows of it meanwhile is settled elsewhere."""
        return any(one.is_open for one in (*self.of(Kind.CLAIM), *self.of(Kind.CAPTURE)))

    def stands(self, authorization_id: str) -> bool:
        """Whether a hold is in force by our book, and lives."""
        held = self.holds.get(authorization_id)
        return held is not None and held.status is HoldStatus.HELD and self.now < held.covered_until


class NotSeen(msgspec.Struct, frozen=True):
    """A thing that PayPal did not show: it does not know it, or answers what cannot be read."""

    gap: Gap
    why: str


class Seen(msgspec.Struct, frozen=True):
    """What PayPal showed of a booking's orders, holds, captures and refunds, by its ids."""

    orders: dict[str, Order | NotSeen]
    holds: dict[str, Authorization | NotSeen]
    captures: dict[str, Capture | NotSeen]
    refunds: dict[str, Refund | NotSeen]


class WentBack(msgspec.Struct, frozen=True):
    """What PayPal has given back of a capture: all of it, and the refunds in it that stand (a reversal in an open case does not)."""

    amount: Decimal
    refunds: list[Refund]


class Looked(msgspec.Struct, frozen=True):
    """What a look came to: what was read, how it differs, and how much was booked that was done at PayPal's own site."""

    things: tuple[tuple[Thing, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    booked: int = 0
