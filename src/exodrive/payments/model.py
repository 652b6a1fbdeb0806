"""Values of payments: the summary's states, what is asked of PayPal, and how it may end."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from exodrive.kit.ids import BookingId, OperationId
from exodrive.kit.money import Money


class PaymentStatus(StrEnum):
    """Where a booking's money stands; held equal to the CHECK of the table by a test."""

    PENDING = "pending"
    APPROVED = "approved"
    PROCESSING = "processing"
    CAPTURED = "captured"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    VOIDED = "voided"


class Kind(StrEnum):
    """What is asked of PayPal."""

    CREATE_ORDER = "create_order"
    CAPTURE = "capture"
    REFUND = "refund"
    # Of a deposit: to open an order for a hold, to place the hold, to renew it, to give it back.
    OPEN_HOLD = "open_hold"
    HOLD = "hold"
    RENEW = "renew"
    RELEASE = "release"
    CLAIM = "claim"  # to take money out of it
    REPAY = "repay"  # to give some of that back


#: By which a booking that is not paid is being paid: a capture, or the hold it is to be taken out of.
PAYING = (Kind.CAPTURE, Kind.HOLD)


class Origin(StrEnum):
    """Who made money move: we, by asking, or somebody at PayPal's own site."""

    OURS = "ours"
    EXTERNAL = "external"


class End(StrEnum):
    """How asking PayPal went. The first three are final: an intent has one of them at most."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"
    UNKNOWN = "unknown"
    PENDING = "pending"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self in (End.SUCCEEDED, End.DECLINED, End.FAILED)


class Operation(msgspec.Struct, frozen=True):
    """An intent as it was written before PayPal was asked.

    ``target_id`` is the order to capture, the capture to refund, the hold to renew or give back, or the kept wallet by which an order
    holds; ``change_id`` the change of a booking
    it is for, ``hold_id`` the hold of its deposit, ``instalment_id`` the rest of its price.
    ``request`` is what else decides the words PayPal is asked with.
    """

    id: OperationId
    booking_id: BookingId
    kind: Kind
    attempt: int
    request_id: str
    amount: Decimal
    currency: str
    target_id: str | None
    reason: str | None
    created_at: datetime
    change_id: UUID | None = None
    request: dict[str, Any] = {}
    hold_id: UUID | None = None
    instalment_id: UUID | None = None

    @property
    def money(self) -> Money:
        """The amount it is about."""
        return Money(self.amount, self.currency)

    @property
    def is_joint_hold(self) -> bool:
        """Whether it places a hold for rental and deposit together."""
        return self.kind is Kind.HOLD and "deposit" in self.request

    @property
    def authorization(self) -> str | None:
        """The hold that the money of a rental is taken out of; None where it is taken by the order itself."""
        return self.request.get("authorization") if self.kind is Kind.CAPTURE else None


class Latest(msgspec.Struct, frozen=True):
    """An intent with the newest of its results; ``end`` is None while there is none."""

    operation_id: OperationId
    target_id: str | None
    asked_at: datetime
    end: End | None
    provider_id: str | None
    issue: str | None

    @property
    def is_open(self) -> bool:
        """Whether its end is not known yet."""
        return self.end is None or not self.end.is_final


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What PayPal answered, as far as it concerns us."""

    end: End
    provider_id: str | None = None
    provider_status: str | None = None
    money: Money | None = None
    issue: str | None = None
    debug_id: str | None = None
    details: dict[str, Any] = {}
