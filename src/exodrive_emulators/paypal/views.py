"""Orders, holds, captures and refunds as PayPal shows them, with the links of their state."""

from datetime import timedelta
from typing import Any

from exodrive_emulators.kit.clock import stamp
from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.model import Authorization, Capture, KeptWallet, Order, Refund, Unit
from exodrive_emulators.paypal.states import AuthorizationStatus, CaptureStatus, Case, OrderStatus, RefundStatus
from exodrive_emulators.paypal.world import MERCHANT, PAYER, PAYER_ID, PayPal

Json = dict[str, Any]
Links = tuple[tuple[str, str, str], ...]  # rel, method, path
_ORDER = "/v2/checkout/orders/{id}"
_HOLD = "/v2/payments/authorizations/{id}"
_CAPTURE = "/v2/payments/captures/{id}"
_KEPT = "/v3/vault/payment-tokens/{id}"
_SELF, _PAGE = ("self", "GET", _ORDER), "/checkoutnow?token={id}"
_UPDATE = ("update", "PATCH", _ORDER)
ORDER_LINKS: dict[OrderStatus, Links] = {
    OrderStatus.CREATED: (_SELF, ("approve", "GET", _PAGE), _UPDATE),
    OrderStatus.PAYER_ACTION_REQUIRED: (_SELF, ("payer-action", "GET", _PAGE)),
    OrderStatus.APPROVED: (_SELF, _UPDATE),
    OrderStatus.COMPLETED: (_SELF,),
}
TAKEN_UP = {OrderStatus.CREATED, OrderStatus.APPROVED}
OPEN = {AuthorizationStatus.CREATED, AuthorizationStatus.PARTIALLY_CAPTURED}
REFUNDABLE = {CaptureStatus.COMPLETED, CaptureStatus.PARTIALLY_REFUNDED}
REFUNDABLE_FOR = timedelta(days=180)
PROTECTION = {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"]}
_UP = ("up", "GET", "/v2/checkout/orders/{order_id}")
_GIVE_BACK = ("refund", "POST", f"{_CAPTURE}/refund")


def links(world: PayPal, lines: Links, **ids: str) -> list[dict[str, str]]:
    """Absolute links."""
    return [{"href": world.url + path.format(**ids), "rel": rel, "method": method} for rel, method, path in lines]


def order(world: PayPal, it: Order, *, full: bool) -> Json:
    """An order: id, status and links, or all of it."""
    deed = it.intent.lower()
    lines = ORDER_LINKS[it.status] + (((deed, "POST", f"{_ORDER}/{deed}"),) if it.status in TAKEN_UP else ())
    foot: Json = {"links": links(world, lines, id=it.id)}
    if not full:
        return {"id": it.id, "status": it.status, **foot}
    units = [_unit(world, unit) for unit in it.units]
    head: Json = {"id": it.id, "intent": it.intent, "status": it.status, "purchase_units": units}
    if it.wallet or it.funding:
        head["payment_source"] = {"paypal": _wallet(world, it) if it.funding else {}}
    if it.funding:
        head["payer"] = {**PAYER, "payer_id": PAYER_ID}
    return {**head, "create_time": stamp(it.created), "update_time": stamp(it.updated), **foot}


def _wallet(world: PayPal, it: Order) -> Json:
    shown: Json = {**PAYER, "account_id": PAYER_ID, "account_status": "VERIFIED"}
    if it.stored:
        shown["stored_credential"] = it.stored
    if kept := world.wallets.get(it.kept_id):
        shown["attributes"] = {"vault": _kept(world, kept)}
    return shown


def _kept(world: PayPal, it: KeptWallet) -> Json:
    """The wallet an order kept: its id only once it can be used."""
    names = {"id": it.customer_id, **_names(merchant_customer_id=it.merchant_customer_id)}
    if not it.ready:
        return {"status": "APPROVED", "customer": names, "links": links(world, (("up", "GET", _ORDER),), id=it.order_id)}
    lines = (("self", "GET", _KEPT), ("delete", "DELETE", _KEPT), _UP)
    return {"id": it.id, "status": "VAULTED", "customer": names, "links": links(world, lines, id=it.id, order_id=it.order_id)}


def _unit(world: PayPal, unit: Unit) -> Json:
    shown: Json = {**unit.shown, "payee": MERCHANT}
    held = _holds(world, unit.authorization_id)
    taken = [world.captures.get(key) for key in [unit.capture_id, *(key for it in held for key in it.capture_ids)]]
    given = [world.refunds.get(key) for it in taken if it for key in it.refund_ids]
    payments = {
        "authorizations": [_authorization(world, it) for it in held],
        "captures": [_capture(world, it) for it in taken if it],
        "refunds": [refund(world, it) for it in given if it],
    }
    if held or unit.capture_id:
        shown["payments"] = {name: things for name, things in payments.items() if things}
    return shown


def _holds(world: PayPal, authorization_id: str) -> list[Authorization]:
    """A hold and the one that renewed it."""
    first = world.authorizations.get(authorization_id)
    both = [first, world.authorizations.get(first.child)] if first else []
    return [it for it in both if it]


def authorization(world: PayPal, it: Authorization, *, full: bool = True) -> Json:
    """A hold on its own: it names its payee and its order."""
    shown = _authorization(world, it)
    if not full:
        return {"id": it.id, "status": it.status, "links": shown["links"]}
    return {**shown, "payee": MERCHANT, "supplementary_data": {"related_ids": {"order_id": it.order_id}}}


def _authorization(world: PayPal, it: Authorization) -> Json:
    shown: Json = {
        "id": it.id,
        "status": it.status,
        "amount": money.shown(it.amount.value, it.amount.currency),
        **_names(invoice_id=it.invoice_id, custom_id=it.custom_id),
        "seller_protection": PROTECTION,
        "expiration_time": stamp(it.expires),
        "links": links(world, _authorization_links(world, it), id=it.id, order_id=it.order_id),
        "create_time": stamp(it.created),
        "update_time": stamp(it.updated),
    }
    if it.status is AuthorizationStatus.PENDING:
        shown["status_details"] = {"reason": "PENDING_REVIEW"}
    return shown


def _authorization_links(world: PayPal, it: Authorization) -> Links:
    """Only what can be done now."""
    now, live = world.clock.now(), it.status in OPEN
    renewable = it.status is AuthorizationStatus.CREATED and not it.parent and not it.child and it.honored <= now
    voidable = not it.parent and (live or it.status is AuthorizationStatus.PENDING)
    deeds = (("capture", live and not it.child), ("void", voidable), ("reauthorize", renewable))
    able = tuple((deed, "POST", f"{_HOLD}/{deed}") for deed, can in deeds if can)
    return (("self", "GET", _HOLD), *able, _UP)


def capture(world: PayPal, it: Capture, *, full: bool = True) -> Json:
    """A capture on its own: it names its payee and its order."""
    shown = _capture(world, it)
    if not full:
        return {"id": it.id, "status": it.status, "links": shown["links"]}
    related = _names(order_id=it.order_id, authorization_id=it.authorization_id)
    return {**shown, "payee": MERCHANT, "supplementary_data": {"related_ids": related}}


def _names(**texts: str) -> Json:
    return {name: text for name, text in texts.items() if text}


def _capture(world: PayPal, it: Capture) -> Json:
    currency, gross = it.amount.currency, it.amount.value
    up = (("up", "GET", "/v2/payments/authorizations/{authorization_id}") if it.authorization_id else _UP,) if it.order_id else ()
    late = world.clock.now() > it.created + REFUNDABLE_FOR
    refundable = it.status in REFUNDABLE and it.case is not Case.CHARGEBACK and not late
    lines = (("self", "GET", _CAPTURE), *((_GIVE_BACK,) if refundable else ()), *up)
    shown: Json = {
        "id": it.id,
        "status": it.status,
        "amount": money.shown(gross, currency),
        "final_capture": it.final,
        "seller_protection": PROTECTION,
        **_names(invoice_id=it.invoice_id, custom_id=it.custom_id),
        "links": links(world, lines, id=it.id, order_id=it.order_id, authorization_id=it.authorization_id),
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
        return {"id": it.id, "status": it.status, **foot}
    currency, gross = it.amount.currency, it.amount.value
    parts = {"gross_amount": gross, "paypal_fee": gross * 0, "net_amount": gross, "total_refunded_amount": it.total}
    return {
        "id": it.id,
        "status": it.status,
        "amount": money.shown(gross, currency),
        **_names(invoice_id=it.invoice_id, custom_id=it.custom_id, note_to_payer=it.note),
        **({"status_details": {"reason": "ECHECK"}} if it.status is RefundStatus.PENDING else {}),
        "seller_payable_breakdown": {name: money.shown(part, currency) for name, part in parts.items()},
        "payer": MERCHANT,
        "create_time": stamp(it.created),
        "update_time": stamp(it.updated or it.created),
        **foot,
    }
