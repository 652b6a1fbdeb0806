"""What a paper is made from: the money that moved, the booking it belongs to, and its price."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId, OperationId


class Facts(msgspec.Struct, frozen=True):
    """Money that moved, with its booking as it stands now. ``transaction`` is PayPal's id of the capture or refund, ``waived`` what of the
    price staff forwent.
    """

    operation_id: OperationId
    kind: str
    amount: Decimal
    currency: str
    moved_at: datetime
    transaction: str | None
    booking_id: BookingId
    reference: str
    first_name: str
    last_name: str
    email: str
    car: str
    start: date
    end: date
    locale: str
    price_snapshot: dict[str, Any]
    waived: Decimal = Decimal(0)

    @property
    def days(self) -> Days:
        """The days of the rental."""
        return Days(self.start, self.end)


class Addressee(msgspec.Struct, frozen=True):
    """Who gets a paper by mail, and what their booking's living link is made from."""

    booking_id: UUID
    reference: str
    first_name: str
    email: str
    nonce: bytes | None
    token_hash: bytes | None
