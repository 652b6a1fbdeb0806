"""Values of differences between our book and PayPal's."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Thing(StrEnum):
    """What PayPal keeps under an id of its own; held equal to the CHECK of the table by a test."""

    ORDER = "order"
    AUTHORIZATION = "authorization"
    CAPTURE = "capture"
    REFUND = "refund"


class Gap(StrEnum):
    """In what our book and PayPal's differ; held equal to the CHECK of the table by a test."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    PAYEE = "payee"
    REFERENCE = "reference"  # it names another booking or number than ours
    STATUS = "status"
    MISSING = "missing"  # we have it, PayPal does not
    UNKNOWN = "unknown"  # PayPal has it, we do not, and nothing tells which booking it belongs to
    UNREADABLE = "unreadable"  # PayPal answers, but not in a way that can be read
    REVERSED = "reversed"  # PayPal, or the payer's bank, took a payment back
    EXCESS = "excess"  # more went back at PayPal than our book allows
    PAID_BACK = "paid_back"  # all money went back at PayPal's site, and the booking still stands


class Finding(msgspec.Struct, frozen=True):
    """A difference as it is found: ``ours`` is what our book says, ``theirs`` what PayPal says; None where there is nothing to say."""

    thing: Thing
    object_id: str
    gap: Gap
    ours: str | None = None
    theirs: str | None = None
    booking_id: UUID | None = None


class Difference(msgspec.Struct, frozen=True):
    """A difference as it is kept. ``reference`` names the booking, None for what belongs to none.

    ``resolved_by`` and ``reason`` are None while it is open, and where it went away by itself.
    """

    id: UUID
    reference: str | None
    thing: Thing
    object_id: str
    gap: Gap
    ours: str | None
    theirs: str | None
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None
