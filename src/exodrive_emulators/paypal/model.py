"""What this PayPal remembers."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive_emulators.paypal.states import CaptureStatus, DeliveryStatus, Funding, Mode, OrderStatus


class Amount(msgspec.Struct, frozen=True):
    """Money in one currency."""

    value: Decimal
    currency: str


class Unit(msgspec.Struct):
    """A purchase unit: the fields to show as they were sent, what to charge, and the capture once there is one."""

    shown: dict[str, Any]
    amount: Amount
    capture_id: str = ""

    def field(self, name: str) -> str:
        """A text field of the unit, empty when it was not sent."""
        return str(self.shown.get(name, ""))


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
    attempts: int = 0


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
