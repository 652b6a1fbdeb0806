"""An invoice as PayPal shows it, with the links of its state, and the events that tell of it."""

from typing import Any

import msgspec

from exodrive_emulators.kit.clock import stamp
from exodrive_emulators.paypal import events, money
from exodrive_emulators.paypal.invoicing.model import Invoice, Movement
from exodrive_emulators.paypal.invoicing.states import EDITABLE, OPEN, PAYABLE, REFUNDABLE, REMINDABLE, UNSENT
from exodrive_emulators.paypal.world import MERCHANT, PayPal

Json = dict[str, Any]
BASE = "/v2/invoicing/invoices"
CREATED, UPDATED, SCHEDULED = "INVOICING.INVOICE.CREATED", "INVOICING.INVOICE.UPDATED", "INVOICING.INVOICE.SCHEDULED"
PAID, CANCELLED, REFUNDED = "INVOICING.INVOICE.PAID", "INVOICING.INVOICE.CANCELLED", "INVOICING.INVOICE.REFUNDED"


def publish(world: PayPal, it: Invoice, event_type: str) -> None:
    """Tell the listeners; the invoice lies in the event under a name of its own."""
    events.publish(world, event_type, {"invoice": invoice(world, it)}, it.id)


def self_link(world: PayPal, it: Invoice) -> Json:
    """Where it is found."""
    return {"href": f"{world.url}{BASE}/{it.id}", "rel": "self", "method": "GET"}


def payer_link(world: PayPal, it: Invoice) -> Json:
    """Where the payer sees it."""
    return {"href": payer_page(world, it), "rel": "payer-view", "method": "GET"}


def payer_page(world: PayPal, it: Invoice) -> str:
    """The address of the payer's page."""
    return f"{world.url}/invoice/p/{it.id}"


def mailed_to(it: Invoice) -> str:
    """The address PayPal would write to, empty when there is none."""
    recipients = it.draft.primary_recipients or []
    return next((who.billing_info.email_address or "" for who in recipients if who.billing_info), "")


def invoice(world: PayPal, it: Invoice) -> Json:
    """All of it."""
    code = it.sums.currency
    plain: Json = msgspec.to_builtins(it.draft)
    shown: Json = {
        "id": it.id,
        "status": it.status,
        **{name: plain[name] for name in ("primary_recipients", "additional_recipients", "configuration") if name in plain},
        "invoicer": {"email_address": MERCHANT["email_address"], **plain.get("invoicer", {})},
        "detail": _detail(world, it, plain["detail"]),
        "items": [_item(item, number, it) for number, item in enumerate(plain["items"])],
        "amount": _amount(it, plain),
        "due_amount": money.shown(it.left, code),
        "links": _links(world, it),
    }
    if it.payments:
        moves = [_movement(move, code, "payment") for move in it.payments]
        shown["payments"] = {"paid_amount": money.shown(it.paid, code), "transactions": moves}
    if it.refunds:
        moves = [_movement(move, code, "refund") for move in it.refunds]
        shown["refunds"] = {"refund_amount": money.shown(it.returned, code), "transactions": moves}
    return shown


def _detail(world: PayPal, it: Invoice, plain: Json) -> Json:
    who = MERCHANT["email_address"]
    times = {"first_sent_time": it.sent, "last_sent_time": it.last_sent, "cancel_time": it.ended}
    metadata = {
        "create_time": stamp(it.created),
        "created_by": who,
        "last_update_time": stamp(it.updated),
        "last_updated_by": who,
        "created_by_flow": "REGULAR_SINGLE",
        "recipient_view_url": payer_page(world, it),
        "invoicer_view_url": f"{world.url}/invoices/{it.id}",
        **{name: stamp(at) for name, at in times.items() if at},
        **({"last_sent_by": who} if it.sent else {}),
        **({"cancelled_by": who} if it.ended else {}),
    }
    term = dict(plain.get("payment_term", {}))
    if it.due:
        term |= {"due_date": it.due.isoformat(), "term_type": term.get("term_type", "DUE_ON_DATE_SPECIFIED")}
    shown = {**plain, "invoice_number": it.number, "invoice_date": it.day.isoformat(), "metadata": metadata}
    return shown | ({"payment_term": term} if term else {})


def _item(plain: Json, number: int, it: Invoice) -> Json:
    shown = {"id": f"ITEM-{it.id[5:].replace('-', '')[:14]}{number:02}", "unit_of_measure": "QUANTITY", **plain}
    if "tax" in plain:
        shown["tax"] = {**plain["tax"], "amount": money.shown(it.sums.taxes[number], it.sums.currency)}
    return shown


def _amount(it: Invoice, plain: Json) -> Json:
    sums, code = it.sums, it.sums.currency
    top = plain.get("amount", {}).get("breakdown", {})
    whole = {**top.get("discount", {}).get("invoice_discount", {}), "amount": money.shown(sums.invoice_discount, code)}
    parts: Json = {
        "item_total": money.shown(sums.items, code),
        "discount": {"invoice_discount": whole, "item_discount": money.shown(sums.item_discount, code)},
        "tax_total": money.shown(sums.tax, code),
    }
    if "shipping" in top:
        tax = top["shipping"].get("tax")
        told = {"tax": {**tax, "amount": money.shown(sums.shipping_tax, code)}} if tax else {}
        parts["shipping"] = {"amount": money.shown(sums.shipping, code), **told}
    if "custom" in top:
        parts["custom"] = {"label": top["custom"]["label"], "amount": money.shown(sums.custom, code)}
    return {**money.shown(sums.total, code), "breakdown": parts}


def _movement(it: Movement, code: str, what: str) -> Json:
    shown = {"type": it.kind, f"{what}_id": it.id, f"{what}_date": it.day.isoformat(), "method": it.method}
    note = {"note": it.note} if it.note and what == "payment" else {}
    return {**shown, **note, "amount": money.shown(it.value, code)}


def _links(world: PayPal, it: Invoice) -> list[Json]:
    """Only what can be done now."""
    here = f"{world.url}{BASE}/{it.id}"
    deeds = (
        ("send", "POST", "/send", it.status in UNSENT),
        ("replace", "PUT", "", it.status in EDITABLE),
        ("delete", "DELETE", "", it.status in UNSENT),
        ("remind", "POST", "/remind", it.status in REMINDABLE),
        ("cancel", "POST", "/cancel", it.status in OPEN),
        ("record-payment", "POST", "/payments", it.status in PAYABLE),
        ("record-refund", "POST", "/refunds", it.status in REFUNDABLE),
        ("qr-code", "POST", "/generate-qr-code", it.status in PAYABLE),
    )
    able = [{"href": here + path, "rel": rel, "method": method} for rel, method, path, can in deeds if can]
    return [self_link(world, it), *([payer_link(world, it)] if it.sent else []), *able]
