"""Reading a create-order request as strictly as the official document, first fault first."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.model import Unit
from exodrive_emulators.paypal.states import Intent

OPERATION = "orders.create"
TEXTS = {"reference_id": 256, "description": 127, "custom_id": 255, "invoice_id": 127, "soft_descriptor": 22}
ITEM_TEXTS = {"name": 127, "description": 2048, "sku": 127}
BREAKDOWN = {"item_total": 1, "shipping": 1, "handling": 1, "tax_total": 1, "insurance": 1, "shipping_discount": -1, "discount": -1}
CHOICES = {
    "shipping_preference": {"GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS"},
    "user_action": {"CONTINUE", "PAY_NOW"},
    "landing_page": {"LOGIN", "GUEST_CHECKOUT", "NO_PREFERENCE", "BILLING"},
    "payment_method_preference": {"UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED"},
    "contact_preference": {"NO_CONTACT_INFO", "UPDATE_CONTACT_INFO", "RETAIN_CONTACT_INFO"},
}
_LOCALE = re.compile(r"[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")


def read_intent(body: dict[str, Any], units: list[Unit]) -> Intent:
    """What the order is for; several units can only be captured. Raises Refused."""
    intent = body.get("intent")
    if intent is None:
        raise _no("MISSING_REQUIRED_PARAMETER", "/intent")
    if not isinstance(intent, str) or intent not in set(Intent):
        raise _no("INVALID_PARAMETER_VALUE", "/intent", intent)
    if intent == Intent.AUTHORIZE and len(units) > 1:
        raise _no("UNSUPPORTED_INTENT", "/intent", intent)
    return Intent(intent)


def read_units(body: dict[str, Any]) -> list[Unit]:
    """The purchase units; raises Refused."""
    units = body.get("purchase_units")
    if units is None:
        raise _no("MISSING_REQUIRED_PARAMETER", "/purchase_units")
    if not isinstance(units, list):
        raise _no("INVALID_PARAMETER_SYNTAX", "/purchase_units")
    if not units:
        raise _no("INVALID_ARRAY_MIN_ITEMS", "/purchase_units")
    if len(units) > 10:
        raise _no("INVALID_ARRAY_MAX_ITEMS", "/purchase_units")
    read = [read_unit(unit, f"/purchase_units/@reference_id=='{_reference(unit)}'") for unit in units]
    _agree(read, units)
    return read


def read_context(body: dict[str, Any]) -> tuple[bool, dict[str, str]]:
    """Whether the PayPal wallet was named, and the experience context (or the older application context)."""
    source = body.get("payment_source")
    if source is None:
        context, field = body.get("application_context") or {}, "/application_context"
    else:
        context, field = _wallet(source).get("experience_context") or {}, "/payment_source/paypal/experience_context"
    if not isinstance(context, dict):
        raise _no("INVALID_PARAMETER_SYNTAX", field)
    _check_context(context, field)
    return source is not None, context


def _wallet(source: Any) -> dict[str, Any]:
    if not isinstance(source, dict) or not isinstance(source.get("paypal"), dict):
        raise _no("NOT_ENABLED_FOR_PAYMENT_SOURCE", "/payment_source")
    wallet: dict[str, Any] = source["paypal"]
    return wallet


def _check_context(context: dict[str, Any], field: str) -> None:
    _check_texts(context, {"brand_name": 127}, field)
    for name, choices in CHOICES.items():
        if name in context and context[name] not in choices:
            raise _no("INVALID_PARAMETER_VALUE", f"{field}/{name}", context[name])
    if "locale" in context and not _LOCALE.fullmatch(str(context["locale"])):
        raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/locale", context["locale"])
    for name in ("return_url", "cancel_url"):
        if name in context and urlsplit(str(context[name])).scheme not in ("http", "https"):
            raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/{name}", context[name])


def read_unit(raw: Any, field: str) -> Unit:
    """One purchase unit; raises Refused."""
    if not isinstance(raw, dict):
        raise _no("INVALID_PARAMETER_SYNTAX", field)
    _check_texts(raw, TEXTS, field)
    amount = money.read(OPERATION, raw.get("amount"), f"{field}/amount")
    parts = _breakdown(raw["amount"].get("breakdown") or {}, amount.currency, f"{field}/amount/breakdown")
    if parts and sum(BREAKDOWN[name] * value for name, value in parts.items()) != amount.value:
        raise _no("AMOUNT_MISMATCH", f"{field}/amount/value", raw["amount"]["value"])
    _check_items(raw.get("items") or [], parts, amount.currency, field)
    kept = {"reference_id": "default", "amount": _plain(raw["amount"])}
    kept |= {name: raw[name] for name in (*TEXTS, "items") if name in raw}
    return Unit(kept, amount)


def _breakdown(raw: Any, currency: str, field: str) -> dict[str, Decimal]:
    if not isinstance(raw, dict):
        raise _no("INVALID_PARAMETER_SYNTAX", field)
    return {name: _same(raw[name], currency, f"{field}/{name}") for name in BREAKDOWN if name in raw}


def _check_items(items: Any, parts: dict[str, Decimal], currency: str, field: str) -> None:
    if not isinstance(items, list):
        raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/items")
    total = tax = Decimal(0)
    for number, item in enumerate(items):
        here = f"{field}/items/{number}"
        quantity = _quantity(item, here)
        _check_texts(item, ITEM_TEXTS, here)
        total += quantity * _same(item.get("unit_amount"), currency, f"{here}/unit_amount")
        tax += quantity * _same(item["tax"], currency, f"{here}/tax") if "tax" in item else 0
    if items and "item_total" not in parts:
        raise _no("ITEM_TOTAL_REQUIRED", f"{field}/amount/breakdown/item_total")
    if items and total != parts["item_total"]:
        raise _no("ITEM_TOTAL_MISMATCH", f"{field}/amount/breakdown/item_total", parts["item_total"])
    if tax and "tax_total" not in parts:
        raise _no("TAX_TOTAL_REQUIRED", f"{field}/amount/breakdown/tax_total")
    if tax and tax != parts["tax_total"]:
        raise _no("TAX_TOTAL_MISMATCH", f"{field}/amount/breakdown/tax_total", parts["tax_total"])


def _quantity(item: Any, field: str) -> int:
    for name in ("name", "quantity"):
        if not isinstance(item, dict) or item.get(name) is None:
            raise _no("MISSING_REQUIRED_PARAMETER", f"{field}/{name}")
    if not re.fullmatch(r"[1-9][0-9]{0,9}", str(item["quantity"])):
        raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/quantity", item["quantity"])
    return int(item["quantity"])


def _same(raw: Any, currency: str, field: str) -> Decimal:
    """A part's value, in the currency of its unit."""
    amount = money.read(OPERATION, raw, field, zero=True)
    if amount.currency != currency:
        raise _no("MULTI_CURRENCY_ORDER", f"{field}/currency_code", amount.currency)
    return amount.value


def _agree(units: list[Unit], raw: list[dict[str, Any]]) -> None:
    """Several units need names of their own and one currency."""
    if len(units) > 1 and any("reference_id" not in unit for unit in raw):
        raise _no("REFERENCE_ID_REQUIRED", "/purchase_units")
    if len({unit.field("reference_id") for unit in units}) < len(units):
        raise _no("DUPLICATE_REFERENCE_ID", "/purchase_units")
    if len({unit.amount.currency for unit in units}) > 1:
        raise _no("MULTI_CURRENCY_ORDER", "/purchase_units")


def _check_texts(raw: dict[str, Any], lengths: dict[str, int], field: str) -> None:
    for name, most in lengths.items():
        text = raw.get(name, "-")
        if not isinstance(text, str):
            raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/{name}")
        if not 1 <= len(text) <= most:
            raise _no("INVALID_STRING_LENGTH", f"{field}/{name}", text)


def _plain(amount: dict[str, Any]) -> dict[str, Any]:
    return {name: amount[name] for name in ("currency_code", "value", "breakdown") if name in amount}


def _reference(unit: Any) -> str:
    return str(unit.get("reference_id", "default")) if isinstance(unit, dict) else "default"


def _no(issue: str, field: str, value: Any = "") -> Refused:
    return refused(OPERATION, issue, field=field, value=str(value), location="body")


def names(units: Iterable[Unit], field: str) -> list[str]:
    """The values of one text field over all units, without the empty ones."""
    return [text for unit in units if (text := unit.field(field))]
