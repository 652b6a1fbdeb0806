"""PayPal's JSON on the way in: only the fields we use, unknown ones ignored, turned into our own values."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.gateways.paypal.model import Authorization, Capture, Event, Order, Refund
from exodrive.gateways.paypal.states import AuthorizationStatus, CaptureStatus, OrderStatus, RefundStatus
from exodrive.gateways.paypal.vault_wire import Source
from exodrive.kit.money import Money


class Link(msgspec.Struct, frozen=True):
    """Where to go next."""

    href: str
    rel: str = ""


class AmountIn(msgspec.Struct, frozen=True):
    """An amount, as a string of digits and a currency."""

    currency_code: str
    value: Decimal

    def money(self) -> Money:
        """Our own money; raises ValidationError for what is no amount."""
        if not self.value.is_finite() or self.value < 0:
            raise msgspec.ValidationError(f"no amount: {self.value}")
        return Money(self.value, self.currency_code)


class Details(msgspec.Struct, frozen=True):
    """Why a payment is in its state."""

    reason: str = ""


class RelatedIds(msgspec.Struct, frozen=True):
    """The order a capture belongs to."""

    order_id: str = ""


class Supplementary(msgspec.Struct, frozen=True):
    """What a capture is related to."""

    related_ids: RelatedIds = RelatedIds()


class Payee(msgspec.Struct, frozen=True):
    """Who gets the money."""

    merchant_id: str = ""


class Payment(msgspec.Struct, frozen=True):
    """What holds, captures and refunds share on the wire."""

    id: str
    status: str
    amount: AmountIn
    invoice_id: str = ""
    custom_id: str = ""
    status_details: Details = Details()
    create_time: datetime | None = None
    expiration_time: datetime | None = None
    links: tuple[Link, ...] = ()
    payee: Payee = Payee()
    payer: Payee = Payee()  # of a refund: who gives the money back
    supplementary_data: Supplementary = Supplementary()

    def authorization(self, order_id: str = "", merchant_id: str = "") -> Authorization:
        """Read as a hold."""
        return Authorization(
            id=self.id,
            status=AuthorizationStatus(self.status),
            amount=self.amount.money(),
            order_id=order_id or self.supplementary_data.related_ids.order_id,
            merchant_id=self.payee.merchant_id or merchant_id,
            invoice_id=self.invoice_id,
            custom_id=self.custom_id,
            reason=self.status_details.reason,
            created_at=self.create_time,
            expires_at=self.expiration_time,
        )

    def capture(self, order_id: str = "", merchant_id: str = "") -> Capture:
        """Read as a capture; inside an order it need not say who is paid."""
        return Capture(
            id=self.id,
            status=CaptureStatus(self.status),
            amount=self.amount.money(),
            order_id=order_id or self.supplementary_data.related_ids.order_id,
            merchant_id=self.payee.merchant_id or merchant_id,
            invoice_id=self.invoice_id,
            custom_id=self.custom_id,
            reason=self.status_details.reason,
            created_at=self.create_time,
        )

    def refund(self, merchant_id: str = "") -> Refund:
        """Read as a refund; the link ``up`` leads to its capture, and inside an order it need not say who pays it back."""
        return Refund(
            id=self.id,
            status=RefundStatus(self.status),
            amount=self.amount.money(),
            capture_id=(link_to(self.links, "up") or "").rpartition("/")[2],
            merchant_id=self.payer.merchant_id or merchant_id,
            invoice_id=self.invoice_id,
            custom_id=self.custom_id,
            reason=self.status_details.reason,
            created_at=self.create_time,
        )


class Payments(msgspec.Struct, frozen=True):
    """What was held, taken and given back."""

    authorizations: tuple[Payment, ...] = ()
    captures: tuple[Payment, ...] = ()
    refunds: tuple[Payment, ...] = ()


class Unit(msgspec.Struct, frozen=True):
    """What is paid for. Our orders have exactly one."""

    amount: AmountIn
    reference_id: str = ""
    invoice_id: str = ""
    custom_id: str = ""
    payee: Payee = Payee()
    payments: Payments = Payments()


class OrderIn(msgspec.Struct, frozen=True):
    """An order as PayPal tells it."""

    id: str
    status: str
    purchase_units: tuple[Unit, ...]
    links: tuple[Link, ...] = ()
    payment_source: Source = Source()

    def order(self) -> Order:
        """Our own order; raises ValidationError unless it has exactly one unit."""
        if len(self.purchase_units) != 1:
            raise msgspec.ValidationError("an order of ours has one purchase unit")
        unit, kept = self.purchase_units[0], self.payment_source.paypal.attributes.vault
        return Order(
            id=self.id,
            status=OrderStatus(self.status),
            amount=unit.amount.money(),
            approve_url=link_to(self.links, "payer-action", "approve"),
            merchant_id=unit.payee.merchant_id,
            reference_id=unit.reference_id,
            invoice_id=unit.invoice_id,
            custom_id=unit.custom_id,
            authorizations=tuple(payment.authorization(self.id, unit.payee.merchant_id) for payment in unit.payments.authorizations),
            captures=tuple(payment.capture(self.id, unit.payee.merchant_id) for payment in unit.payments.captures),
            refunds=tuple(payment.refund(unit.payee.merchant_id) for payment in unit.payments.refunds),
            wallet=kept.wallet() if kept else None,
        )


class Issue(msgspec.Struct, frozen=True):
    """One thing that is wrong. The description may change at any time: nothing may depend on it."""

    issue: str = ""
    description: str = ""


class ErrorIn(msgspec.Struct, frozen=True):
    """PayPal's error body; the token call has its own shape, with ``error`` alone."""

    name: str = ""
    error: str = ""
    debug_id: str = ""
    details: tuple[Issue, ...] = ()
    links: tuple[Link, ...] = ()

    def issue(self) -> str:
        """The issue to branch on."""
        return next((detail.issue for detail in self.details if detail.issue), self.name or self.error)


class TokenIn(msgspec.Struct, frozen=True):
    """An access token and its life in seconds."""

    access_token: str
    expires_in: int


def read_order(body: bytes) -> Order:
    """Read an order; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=OrderIn).order()


def read_authorization(body: bytes) -> Authorization:
    """Read a hold; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=Payment).authorization()


def read_capture(body: bytes) -> Capture:
    """Read a capture; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=Payment).capture()


class EventsIn(msgspec.Struct, frozen=True):
    """A page of events."""

    events: tuple[Event, ...] = ()


def read_event(body: bytes) -> Event:
    """Read an event; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=Event)


def read_events(body: bytes) -> tuple[Event, ...]:
    """Read a page of events; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=EventsIn).events


def read_refund(body: bytes) -> Refund:
    """Read a refund; raises MsgspecError for anything else."""
    return msgspec.json.decode(body, type=Payment).refund()


def link_to(links: Iterable[Link], *rels: str) -> str | None:
    """The first link with one of these relations."""
    return next((link.href for link in links if link.rel in rels), None)
