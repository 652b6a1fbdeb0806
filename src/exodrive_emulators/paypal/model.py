"""What this PayPal remembers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from exodrive_emulators.paypal.states import (
    Act,
    AuthorizationStatus,
    CaptureStatus,
    Case,
    DeliveryStatus,
    Funding,
    Funds,
    Intent,
    Mode,
    OrderStatus,
    RefundStatus,
    Trick,
)


class Amount(msgspec.Struct, frozen=True):
    """Money in one currency."""

    value: Decimal
    currency: str


class Unit(msgspec.Struct):
    """A purchase unit: the fields to show as they were sent, what to charge, and the capture or the hold once there is one."""

    shown: dict[str, Any]
    amount: Amount
    capture_id: str = ""
    authorization_id: str = ""

    def field(self, name: str) -> str:
        """A text field of the unit, empty when it was not sent."""
        return str(self.shown.get(name, ""))


class VaultWish(msgspec.Struct, frozen=True):
    """That the payer's wallet is to be kept once it has paid, and what for."""

    usage_type: str
    usage_pattern: str = ""
    description: str = ""
    customer_id: str = ""
    merchant_customer_id: str = ""


class KeptWallet(msgspec.Struct):
    """A payment token: a payer's wallet, kept by the order it paid. Payments with it meet `funding`; with `asks` the payer is asked."""

    id: str
    order_id: str
    customer_id: str
    merchant_customer_id: str
    wish: VaultWish
    created: datetime
    ready: bool = False
    cancelled: bool = False
    funding: Funding = Funding.INSTANT
    asks: bool = False


class Order(msgspec.Struct):
    """A checkout order; `wallet` says that it was created with payment_source.paypal."""

    id: str
    status: OrderStatus
    units: list[Unit]
    wallet: bool
    brand: str
    return_url: str
    cancel_url: str
    created: datetime
    updated: datetime
    expires: datetime
    immediate: bool = False
    funding: Funding | None = None
    intent: Intent = Intent.CAPTURE
    wish: VaultWish | None = None
    kept_id: str = ""  # the kept wallet it made
    stored: dict[str, str] = {}  # what it said of the kept wallet it was paid with


class Authorization(msgspec.Struct):
    """A hold; `honored` ends the honor period, `expires` the hold. Renewed once, by a hold that has it as `parent`."""

    id: str
    order_id: str
    status: AuthorizationStatus
    amount: Amount
    invoice_id: str
    custom_id: str
    created: datetime
    updated: datetime
    honored: datetime
    expires: datetime
    parent: str = ""
    child: str = ""
    captured: Decimal = Decimal(0)
    capture_ids: list[str] = []
    lapsed: bool = False
    funds: Funds = Funds.READY


class Capture(msgspec.Struct):
    """Money taken; `refunded` is the sum given back so far."""

    id: str
    order_id: str
    status: CaptureStatus
    amount: Amount
    fee: Decimal
    invoice_id: str
    custom_id: str
    created: datetime
    updated: datetime
    refunded: Decimal = Decimal(0)
    refund_ids: list[str] = []
    authorization_id: str = ""
    final: bool = True
    case: Case = Case.NONE
    bill: str = ""  # the invoice of Invoicing it pays


class Refund(msgspec.Struct):
    """Money given back; `total` is the capture's sum of refunds with this one."""

    id: str
    capture_id: str
    amount: Amount
    total: Decimal
    invoice_id: str
    custom_id: str
    note: str
    created: datetime
    status: RefundStatus = RefundStatus.COMPLETED
    updated: datetime | None = None  # when it was settled after its creation


class Due(msgspec.Struct):
    """What happens by itself to a thing of this PayPal at a moment of its clock."""

    at: datetime
    thing: str
    act: Act


class Account(msgspec.Struct, forbid_unknown_fields=True):
    """What the merchant's account is like."""

    captures_per_hold: int = 10
    refunds_pending: bool = False
    vaulting: bool = False  # wallets may be kept
    vault_delay: Annotated[float, msgspec.Meta(ge=0, le=3e8)] = 0.0  # seconds until a kept wallet can be used
    external_states: bool = False  # what is recorded on an invoice makes it PAID_EXTERNAL rather than MARKED_AS_PAID


class Token(msgspec.Struct):
    """An access token."""

    value: str
    expires: datetime


class Remembered(msgspec.Struct):
    """What became of a PayPal-Request-Id: a resource, or the issue it was declined with."""

    resource_id: str
    issue: str
    body: str
    expires: datetime


class Event(msgspec.Struct):
    """A webhook event as it is sent."""

    id: str
    event_type: str
    created: datetime
    body: dict[str, Any]
    transactions: list[str] = []


class Webhook(msgspec.Struct):
    """A registered listener; `*` in `event_types` means every event."""

    id: str
    url: str
    event_types: list[str]
    mode: Mode = Mode.DELIVER


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """A trick for the next `times` events that fit, for all of them with none; `delay` is in seconds of this clock."""

    trick: Trick
    event_type: str = ""  # a regular expression, searched for
    webhook_id: str = ""
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    delay: Annotated[float, msgspec.Meta(ge=0, le=3e8)] = 3600.0


class Try(msgspec.Struct):
    """One attempt to deliver: the HTTP status, or what went wrong before there was one."""

    at: datetime
    outcome: str


class Delivery(msgspec.Struct):
    """One event on its way to one listener; its id is the transmission id and stays the same over all tries."""

    id: str
    event_id: str
    event_type: str
    webhook_id: str
    sent_time: str
    due: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    tries: list[Try] = []
    trick: Trick | None = None  # of the first try: those after it are genuine
    behind: str = ""  # another delivery that goes first
    url: str = ""  # in place of the listener's, for a simulated event
