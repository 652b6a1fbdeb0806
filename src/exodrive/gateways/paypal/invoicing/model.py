"""What we say of invoices, and what PayPal tells of them, in our own words."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from exodrive.kit.money import Money


class InvoiceStatus(StrEnum):
    """PayPal's states of an invoice, all that its document names."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    SENT = "SENT"
    SHARED = "SHARED"
    UNPAID = "UNPAID"
    PAYMENT_PENDING = "PAYMENT_PENDING"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    MARKED_AS_PAID = "MARKED_AS_PAID"
    PAID_EXTERNAL = "PAID_EXTERNAL"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    MARKED_AS_REFUNDED = "MARKED_AS_REFUNDED"
    REFUNDED_EXTERNAL = "REFUNDED_EXTERNAL"
    CANCELLED = "CANCELLED"
    AUTO_CANCELLED = "AUTO_CANCELLED"


class Method(StrEnum):
    """How an invoice was paid elsewhere."""

    BANK_TRANSFER = "BANK_TRANSFER"
    CASH = "CASH"
    CHECK = "CHECK"
    CREDIT_CARD = "CREDIT_CARD"
    DEBIT_CARD = "DEBIT_CARD"
    PAYPAL = "PAYPAL"
    WIRE_TRANSFER = "WIRE_TRANSFER"
    OTHER = "OTHER"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is owed: ``amount`` without tax, and the tax's name and percentage where there is one."""

    name: str
    amount: Money
    description: str = ""
    tax_name: str = ""
    tax_percent: Decimal = Decimal(0)


class NewInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice to be drafted. ``number`` is ours, unique, at most 25 characters: it is the guard against drafting twice."""

    number: str
    reference: str
    lines: tuple[Line, ...]
    email: str
    first_name: str
    last_name: str
    due_on: date
    note: str = ""
    terms: str = ""
    language: str = ""


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came for an invoice: ``id`` is PayPal's transaction, or the record's of a payment elsewhere."""

    id: str
    amount: Money
    is_recorded: bool
    note: str = ""


class PaidElsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that did not come by PayPal, to be noted there. ``mark`` is ours and unique: by it a note that was made is found again."""

    mark: str
    amount: Money
    day: date
    method: Method


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as PayPal tells it; ``due`` is what is still to be paid, ``pay_url`` PayPal's page, once it was sent.

    ``paid`` is what came for good, without what PayPal still looks at.
    """

    id: str
    number: str
    status: InvoiceStatus
    total: Money
    due: Money
    reference: str = ""
    pay_url: str = ""
    payments: tuple[Paid, ...] = ()
    paid: Money | None = None
    refunded: Money | None = None
