"""Invoices as PayPal writes them: only the fields we use, unknown ones ignored."""

import base64
from email import message_from_bytes
from email.message import Message

import msgspec

from exodrive.gateways.paypal.invoicing.model import Invoice, InvoiceStatus, Paid
from exodrive.gateways.paypal.wire import AmountIn, Link, link_to
from exodrive.kit.money import Money


class Metadata(msgspec.Struct, frozen=True):
    """What PayPal adds by itself."""

    recipient_view_url: str = ""


class Detail(msgspec.Struct, frozen=True):
    """Number and texts."""

    invoice_number: str = ""
    reference: str = ""
    metadata: Metadata = Metadata()


class Transaction(msgspec.Struct, frozen=True):
    """Money that came; ``type`` is PAYPAL or EXTERNAL."""

    amount: AmountIn
    payment_id: str = ""
    type: str = ""
    note: str = ""


class Transactions(msgspec.Struct, frozen=True):
    """All that came."""

    transactions: tuple[Transaction, ...] = ()
    paid_amount: AmountIn | None = None


class Refunds(msgspec.Struct, frozen=True):
    """All that went back."""

    refund_amount: AmountIn | None = None


class InvoiceIn(msgspec.Struct, frozen=True):
    """An invoice as PayPal tells it; in lists some of it is left out."""

    id: str
    status: str
    amount: AmountIn
    detail: Detail = Detail()
    due_amount: AmountIn | None = None
    payments: Transactions = Transactions()
    refunds: Refunds = Refunds()
    links: tuple[Link, ...] = ()

    def invoice(self) -> Invoice:
        """Read in our own words."""
        total = self.amount.money()
        return Invoice(
            id=self.id,
            number=self.detail.invoice_number,
            status=InvoiceStatus(self.status),
            total=total,
            due=self.due_amount.money() if self.due_amount else Money(total.amount * 0, total.currency),
            reference=self.detail.reference,
            pay_url=self.detail.metadata.recipient_view_url or link_to(self.links, "payer-view") or "",
            payments=tuple(_paid(one) for one in self.payments.transactions),
            paid=self.payments.paid_amount.money() if self.payments.paid_amount else None,
            refunded=self.refunds.refund_amount.money() if self.refunds.refund_amount else None,
        )


class Found(msgspec.Struct, frozen=True):
    """A page of invoices."""

    items: tuple[InvoiceIn, ...] = ()


def read_invoice(body: bytes) -> Invoice:
    """Read an invoice; raises MsgspecError for anything else."""
    return _or_invalid(msgspec.json.decode(body, type=InvoiceIn))


def read_found(body: bytes) -> tuple[Invoice, ...]:
    """Read what a search found; raises MsgspecError for anything else."""
    return tuple(map(_or_invalid, msgspec.json.decode(body, type=Found).items))


def read_picture(body: bytes) -> bytes:
    """Read the PNG out of the one part of a form that PayPal answers with; raises MsgspecError for anything else."""
    line = body.split(b"\r\n", 1)[0].removeprefix(b"--")
    form = message_from_bytes(b'Content-Type: multipart/form-data; boundary="' + line + b'"\r\n\r\n' + body)
    parts = form.get_payload()
    first = parts[0] if isinstance(parts, list) and parts else None
    picture = first.get_payload(decode=True) if isinstance(first, Message) else b""
    png = picture if isinstance(picture, bytes) else b""
    if not png.startswith(b"\x89PNG"):
        try:
            png = base64.b64decode(png, validate=False)
        except ValueError as wrong:
            raise msgspec.ValidationError("no picture") from wrong
    if not png.startswith(b"\x89PNG"):
        raise msgspec.ValidationError("no picture")
    return png


def _or_invalid(told: InvoiceIn) -> Invoice:
    try:
        return told.invoice()
    except ValueError as unheard:
        raise msgspec.ValidationError(str(unheard)) from unheard


def _paid(one: Transaction) -> Paid:
    return Paid(id=one.payment_id, amount=one.amount.money(), is_recorded=one.type == "EXTERNAL", note=one.note)
