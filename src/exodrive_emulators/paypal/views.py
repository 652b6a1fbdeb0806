"""Orders, captures and refunds as PayPal shows them, with the links of their state."""

from typing import Any

from exodrive_emulators.kit.clock import stamp
from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.model import Capture, Order, Refund, Unit
from exodrive_emulators.paypal.states import CaptureStatus, OrderStatus
from exodrive_emulators.paypal.world import MERCHANT, PAYER, PAYER_ID, PayPal

Json = dict[str, Any]
Links = tuple[tuple[str, str, str], ...]  # rel, method, path
_ORDER = "/v2/checkout/orders/{id}"
_CAPTURE = "/v2/payments/captures/{id}"
_SELF, _PAGE = ("self", "GET", _ORDER), "/checkoutnow?token={id}"
_TAKE = ("capture", "POST", f"{_ORDER}/capture")
ORDER_LINKS: dict[OrderStatus, Links] = {
    OrderStatus.CREATED: (_SELF, ("approve", "GET", _PAGE), _TAKE),
    OrderStatus.PAYER_ACTION_REQUIRED: (_SELF, ("payer-action", "GET", _PAGE)),
    OrderStatus.APPROVED: (_SELF, _TAKE),
    OrderStatus.COMPLETED: (_SELF,),
}
REFUNDABLE = {CaptureStatus.COMPLETED, CaptureStatus.PARTIALLY_REFUNDED}
_UP = ("up", "GET", "/v2/checkout/orders/{order_id}")
_GIVE_BACK = ("refund", "POST", f"{_CAPTURE}/refund")


def links(world: PayPal, lines: Links, **ids: str) -> list[dict[str, str]]:
    """Absolute links."""
    return [{"href": world.url + path.format(**ids), "rel": rel, "method": method} for rel, method, path in lines]


def order(world: PayPal, it: Order, *, full: bool) -> Json:
    """An order: id, status and links, or all of it."""
    foot: Json = {"links": links(world, ORDER_LINKS[it.status], id=it.id)}
    if not full:
        return {"id": it.id, "status": it.status, **foot}
    units = [_unit(world, unit) for unit in it.units]
    head: Json = {"id": it.id, "intent": "CAPTURE", "status": it.status, "purchase_units": units}
    if it.wallet or it.funding:
        head["payment_source"] = {"paypal": _wallet() if it.funding else {}}
    if it.funding:
        head["payer"] = {**PAYER, "payer_id": PAYER_ID}
    return {**head, "create_time": stamp(it.created), "update_time": stamp(it.updated), **foot}


def _wallet() -> Json:
    return {**PAYER, "account_id": PAYER_ID, "account_status": "VERIFIED"}


def _unit(world: PayPal, unit: Unit) -> Json:
    shown: Json = {**unit.shown, "payee": MERCHANT}
    if taken := world.captures.get(unit.capture_id):
        refunds = [refund(world, given) for key in taken.refund_ids if (given := world.refunds.get(key))]
        shown["payments"] = {"captures": [_capture(world, taken)]} | ({"refunds": refunds} if refunds else {})
    return shown


def capture(world: PayPal, it: Capture, *, full: bool = True) -> Json:
    """A capture on its own: it names its payee and its order."""
    shown = _capture(world, it)
    if not full:
        return {"id": it.id, "status": it.status, "links": shown["links"]}
    return {**shown, "payee": MERCHANT, "supplementary_data": {"related_ids": {"order_id": it.order_id}}}


def _capture(world: PayPal, it: Capture) -> Json:
    currency, gross = it.amount.currency, it.amount.value
    names = {"invoice_id": it.invoice_id, "custom_id": it.custom_id}
    lines = (("self", "GET", _CAPTURE), *((_GIVE_BACK,) if it.status in REFUNDABLE else ()), _UP)
    shown: Json = {
        "id": it.id,
        "status": it.status,
        "amount": money.shown(gross, currency),
        "final_capture": True,
        "seller_protection": {
            "status": "ELIGIBLE",
            "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
        },
        **{name: text for name, text in names.items() if text},
        "links": links(world, lines, id=it.id, order_id=it.order_id),
        "create_time": stamp(it.created),
        "update_time": stamp(it.updated),
    }
    if it.status is CaptureStatus.PENDING:
        return shown | {"status_details": {"reason": "PENDING_REVIEW"}}
    if it.status is CaptureStatus.DECLINED:
        return shown
    parts = {"gross_amount": gross, "paypal_fee": it.fee, "net_amount": gross - it.fee}
    return shown | {"seller_receivable_breakdown": {name: money.shown(part, currency) for name, part in parts.items()}}


def refund(world: PayPal, it: Refund, *, full: bool = True) -> Json:
    """A refund; its link `up` is the capture. The fee stays with PayPal."""
    lines = (("self", "GET", "/v2/payments/refunds/{id}"), ("up", "GET", "/v2/payments/captures/{capture_id}"))
    foot: Json = {"links": links(world, lines, id=it.id, capture_id=it.capture_id)}
    if not full:
        return {"id": it.id, "status": "COMPLETED", **foot}
    currency, gross = it.amount.currency, it.amount.value
    parts = {"gross_amount": gross, "paypal_fee": gross * 0, "net_amount": gross, "total_refunded_amount": it.total}
    names = {"invoice_id": it.invoice_id, "custom_id": it.custom_id, "note_to_payer": it.note}
    return {
        "id": it.id,
        "status": "COMPLETED",
        "amount": money.shown(gross, currency),
        **{name: text for name, text in names.items() if text},
        "seller_payable_breakdown": {name: money.shown(part, currency) for name, part in parts.items()},
        "payer": MERCHANT,
        "create_time": stamp(it.created),
        "update_time": stamp(it.created),
        **foot,
    }
