"""PayPal in our own words: orders, captures, refunds, and notices whose signature was checked."""

from exodrive.gateways.errors import Busy, Declined, GatewayError, Refused, Unknown, Unreachable
from exodrive.gateways.line import Patience
from exodrive.gateways.paypal.client import PayPalClient
from exodrive.gateways.paypal.listeners import Listener, Listeners
from exodrive.gateways.paypal.model import (
    Authorization,
    Capture,
    Event,
    Item,
    Keep,
    NewClaim,
    NewOrder,
    NewRefund,
    Order,
    PayPal,
    Refund,
    Wallet,
)
from exodrive.gateways.paypal.states import AuthorizationStatus, CaptureStatus, Intent, OrderStatus, RefundStatus, WalletStatus
from exodrive.gateways.paypal.webhooks import CannotVerify, Flaw, Forged, Notice, Trust, Verifier

__all__ = [
    "Authorization",
    "AuthorizationStatus",
    "Busy",
    "CannotVerify",
    "Capture",
    "CaptureStatus",
    "Declined",
    "Event",
    "Flaw",
    "Forged",
    "GatewayError",
    "Intent",
    "Item",
    "Keep",
    "Listener",
    "Listeners",
    "NewClaim",
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
    "Wallet",
    "WalletStatus",
]
