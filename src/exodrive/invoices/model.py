"""Values of invoices: one as it is kept, its lines, what staff ask for besides, and what is to be asked of PayPal next."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.gateways.paypal.invoicing import InvoiceStatus, Method, PaidElsewhere
from exodrive.invoices.states import ENDED, OPEN, PAYABLE, UNSENT, Act, RequestKind, RequestStatus, Wanted
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money

#: So long after PayPal was last asked for an invoice that it does not show, none will come of it any more.
SILENCE = timedelta(minutes=10)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an invoice, in the renter's language; ``amount`` is all of it."""

    name: str
    amount: Decimal
    description: str = ""


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as it is kept. ``total`` is what it was written for; ``due``, ``paid`` and ``refunded`` are what PayPal last told.

    ``picture_size`` is that of the code of PayPal's page, None before PayPal was asked for it and 0 where it gave none. ``problem`` is why
    it does not go on by itself, ``sent_at`` since when the renter may pay it, ``ended_at`` since when nothing more is asked for it.
    ``told_at`` is when a notice named it last, ``looked_at`` when it was last read at PayPal.
    """

    id: UUID
    booking_id: BookingId
    number: str
    wanted: Wanted
    status: InvoiceStatus | None
    paypal_invoice_id: str | None
    items: tuple[Item, ...]
    total: Decimal
    tax: Decimal
    due: Decimal
    paid: Decimal
    refunded: Decimal
    currency: str
    due_date: date
    url: str | None
    note: str
    terms: str
    picture_size: int | None
    problem: str | None
    asked_at: datetime | None
    told_at: datetime | None
    looked_at: datetime
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None

    @property
    def money(self) -> Money:
        """What it was written for."""
        return Money(self.total, self.currency)

    @property
    def has_picture(self) -> bool:
        """Whether the code of its page can be shown."""
        return bool(self.picture_size)

    @property
    def is_payable(self) -> bool:
        """Whether the renter may pay it now."""
        return self.status in PAYABLE and self.wanted is not Wanted.VOID

    @property
    def is_cancellable(self) -> bool:
        """Whether it may be cancelled: nothing was paid of it."""
        return self.wanted is not Wanted.VOID and self.ended_at is None and (self.status is None or self.status in UNSENT | OPEN)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Something staff asked for besides: a reminder, or a payment to be noted; ``issue`` is why PayPal refused it."""

    id: UUID
    invoice_id: UUID
    kind: RequestKind
    status: RequestStatus
    amount: Decimal | None
    method: Method | None
    paid_on: date | None
    issue: str | None
    created_at: datetime

    def paid(self, currency: str) -> PaidElsewhere:
        """Return the payment it asks to note, as PayPal is told of it: our id is its mark."""
        assert self.amount is not None
        assert self.paid_on is not None
        assert self.method is not None
        return PaidElsewhere(mark=str(self.id), amount=Money(self.amount, currency), day=self.paid_on, method=self.method)


def next_act(invoice: Invoice, *, is_payment_asked: bool) -> Act | None:
    """Return what is to be asked of PayPal next; None when all is as it is wanted, or a person must look first."""
    if invoice.paypal_invoice_id and invoice.told_at is not None and invoice.told_at > invoice.looked_at:
        return Act.LOOK  # before anything is done to it
    return None if invoice.problem else _towards(invoice, is_payment_asked=is_payment_asked)


def _towards(invoice: Invoice, *, is_payment_asked: bool) -> Act | None:
    if invoice.ended_at is not None or invoice.status in ENDED:
        return None
    if invoice.paypal_invoice_id is None:
        return Act.FIND if invoice.wanted is Wanted.VOID else Act.DRAFT
    if invoice.wanted is Wanted.VOID:
        return Act.CANCEL
    if invoice.wanted is Wanted.SENT and invoice.status is InvoiceStatus.DRAFT:
        return Act.SEND
    if is_payment_asked and invoice.status in PAYABLE:
        return Act.RECORD
    return Act.PICTURE if invoice.status in PAYABLE and invoice.picture_size is None else None
