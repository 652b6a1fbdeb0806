"""What a simulated event tells: a made-up order, hold, capture or refund that exists nowhere."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from exodrive_emulators.paypal import events, money, vault, views
from exodrive_emulators.paypal.invoicing import telling
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.invoicing.shapes import Detail, Draft, Item, Money
from exodrive_emulators.paypal.invoicing.states import Status
from exodrive_emulators.paypal.invoicing.sums import reckon
from exodrive_emulators.paypal.model import Amount, Authorization, Capture, KeptWallet, Order, Refund, Unit, VaultWish
from exodrive_emulators.paypal.states import AuthorizationStatus, CaptureStatus, Funding, OrderStatus
from exodrive_emulators.paypal.world import PayPal

ORDER, HOLD, CAPTURE, REFUND = "5O190127TN364715T", "0AW2184448108334S", "42311647XV020574X", "0K10126050735822L"
INVOICE = "INV2-Z56S-5LLA-Q52L-CPZ5"
AMOUNT = Amount(Decimal("12.34"), "USD")
STATES = {
    events.CAPTURE_PENDING: CaptureStatus.PENDING,
    events.CAPTURE_DECLINED: CaptureStatus.DECLINED,
    events.CAPTURE_DENIED: CaptureStatus.DECLINED,
}
BILL_STATES = {
    telling.CREATED: Status.DRAFT,
    telling.SCHEDULED: Status.SCHEDULED,
    telling.PAID: Status.PAID,
    telling.CANCELLED: Status.CANCELLED,
    telling.REFUNDED: Status.REFUNDED,
}


def resource(world: PayPal, event_type: str) -> dict[str, Any]:
    """The resource of an event of this type."""
    makers = {"checkout-order": _order, "authorization": _hold, "capture": _capture, "refund": _refund, "invoices": _invoice}
    makers["payment_token"] = _kept
    return makers[events.KINDS[event_type][0]](world, event_type)


def _order(world: PayPal, _: str) -> dict[str, Any]:
    now = world.clock.now()
    unit = Unit({"reference_id": "default", "amount": money.shown(AMOUNT.value, AMOUNT.currency)}, AMOUNT)
    order = Order(ORDER, OrderStatus.APPROVED, [unit], True, "", "", "", now, now, now)
    order.funding = Funding.INSTANT
    return views.order(world, order, full=True)


def _hold(world: PayPal, event_type: str) -> dict[str, Any]:
    now = world.clock.now()
    status = AuthorizationStatus.VOIDED if event_type == events.AUTHORIZATION_VOIDED else AuthorizationStatus.CREATED
    ends = now + timedelta(days=3), now + timedelta(days=29)
    return views.authorization(world, Authorization(HOLD, ORDER, status, AMOUNT, "", "", now, now, *ends))


def _capture(world: PayPal, event_type: str) -> dict[str, Any]:
    now, status = world.clock.now(), STATES.get(event_type, CaptureStatus.COMPLETED)
    return views.capture(world, Capture(CAPTURE, ORDER, status, AMOUNT, money.fee(AMOUNT), "", "", now, now))


def _kept(world: PayPal, _: str) -> dict[str, Any]:
    made = KeptWallet("8kk8451t", ORDER, "customer_40293520", "", VaultWish("MERCHANT"), world.clock.now(), ready=True)
    return {**vault.view(world, made), "metadata": {"order_id": ORDER}}


def _invoice(world: PayPal, event_type: str) -> dict[str, Any]:
    now, code = world.clock.now(), AMOUNT.currency
    draft = Draft(Detail(code), [Item("Sample", "1", Money(code, money.text(AMOUNT.value, code)))])
    made = Invoice(INVOICE, "0001", draft, reckon(draft), now.date(), None, now, now, BILL_STATES.get(event_type, Status.SENT))
    return {"invoice": telling.invoice(world, made)}


def _refund(world: PayPal, _: str) -> dict[str, Any]:
    return views.refund(world, Refund(REFUND, CAPTURE, AMOUNT, AMOUNT.value, "", "", "", world.clock.now()))
