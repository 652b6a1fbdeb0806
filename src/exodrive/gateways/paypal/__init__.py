"""PayPal in our own words: orders, captures, refunds, and notices whose signature was checked."""

from exodrive.gateways.errors import Busy, Declined, GatewayError, Refused, Unknown, Unreachable
from exodrive.gateways.line import Patience
from exodrive.gateways.paypal.client import PayPalClient
from exodrive.gateways.paypal.listeners import Listener, Listeners
from exodrive.gateways.paypal.model import (
    Capture,
    CaptureStatus,
    Event,
    Item,
    NewOrder,
    NewRefund,
    Order,
    OrderStatus,
    PayPal,
    Refund,
    RefundStatus,
)
from exodrive.gateways.paypal.webhooks import CannotVerify, Flaw, Forged, Notice, Trust, Verifier

__all__ = [
    "Busy",
    "CannotVerify",
    "Capture",
    "CaptureStatus",
    "Declined",
    "Event",
    "Flaw",
    "Forged",
    "GatewayError",
    "Item",
    "Listener",
    "Listeners",
    "NewOrder",
    "NewRefund",
    "Notice",
    "Order",
    "OrderStatus",
    "Patience",
    "PayPal",
    "PayPalClient",
    "Refund",
    "RefundStatus",
    "Refused",
    "Trust",
    "Unknown",
    "Unreachable",
    "Verifier",
]
