"""What a paper is made from: the money that moved, the booking it belongs to, and its price or the charges it paid."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from exodrive.charges.model import Charge
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId, OperationId


class Facts(msgspec.Struct, frozen=True):
    """Money that moved, with its booking as it stands now. ``transaction`` is PayPal's id of the capture or refund, ``waived`` what of the
    price staff forwent. ``hold_id`` is the deposit that was claimed from, ``invoice_id`` and ``invoice`` what was paid, and its number.
    """

    operation_id: OperationId | None
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
    hold_id: UUID | None = None
    invoice_id: UUID | None = None
    invoice: str = ""

    @property
    def days(self) -> Days:
        """The days of the rental."""
        return Days(self.start, self.end)


class Owed(msgspec.Struct, frozen=True):
    """A charge, and what of it was asked for by a claim or an invoice."""

    charge: Charge
    amount: Decimal


class Debt(msgspec.Struct, frozen=True):
    """The charges that a claim or an invoice asked for, in the order they are paid; ``before`` is what other money had paid of them."""

    owed: tuple[Owed, ...]
    before: Decimal = Decimal(0)


class Addressee(msgspec.Struct, frozen=True):
    """Who gets a paper by mail, and what their booking's living link is made from."""

    booking_id: UUID
    reference: str
    first_name: str
    email: str
    nonce: bytes | None
    token_hash: bytes | None
