"""Values of receipts: who issues, and everything a paper says, in words already."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec


class ReceiptKind(StrEnum):
    """What a paper is about; held equal to the CHECK of the table by a test."""

    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"


class Purpose(StrEnum):
    """What the money of a paper was for; held equal to the CHECK of the table by a test."""

    RENTAL = "rental"
    CLAIM = "claim"  # charges, taken out of a deposit
    INVOICE = "invoice"  # charges, invoiced


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Who keeps the books: the company as its papers name it, and the time zone that decides on which day something is issued."""

    company: str = ""
    address: str = ""
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    time_zone: str = "UTC"


class TaxShare(msgspec.Struct, frozen=True):
    """The part of a paper's amount that is one tax: its name with the percentage, the exact amount, and how that is written."""

    words: str
    amount: Decimal
    shown: str


# What a paper keeps of its content leaves nothing out, and old ones are read for ever: fields are only ever added here, with a default.
class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a paper says but its number and date, in the renter's language, amounts and all.

    ``facts`` are names and values (the booking, the renter, the days), ``rows`` what the money is for, ``sums`` how that adds up, and
    ``amount`` what this paper is about. ``taxes`` are contained in that amount. ``layout`` names the form it is written on.
    """

    layout: int = 1
    title: str
    number_label: str
    date_label: str
    company: str
    sender: tuple[str, ...]
    about: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, str], ...]
    amount_label: str
    amount: str
    taxes_label: str
    taxes: tuple[TaxShare, ...]
    notes: tuple[str, ...]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A paper as it was issued. ``code`` is its number as people read it: ``R-2026-000041``."""

    kind: ReceiptKind
    code: str
    amount: Decimal
    currency: str
    language: str
    content: Content
    issued_at: datetime
    issued_on: date


class Listed(msgspec.Struct, frozen=True):
    """A paper in a list."""

    kind: ReceiptKind
    code: str
    title: str
    amount: Decimal
    currency: str
    issued_on: date


class NewReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A paper to be issued for the money that one operation moved, or that PayPal tells of an invoice."""

    id: UUID
    kind: ReceiptKind
    purpose: Purpose
    booking_id: UUID
    operation_id: UUID | None
    invoice_id: UUID | None
    amount: Decimal
    currency: str
    language: str
    content: Content
    time_zone: str
