"""Amounts as PayPal takes and writes them."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from exodrive_emulators.paypal.errors import refused
from exodrive_emulators.paypal.model import Amount

ZERO_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
CURRENCIES = ZERO_DECIMALS | {
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "MXN", "MYR"),
    *("NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "USD"),
}
MOST = Decimal("999999999999999.99")
_SYNTAX = re.compile(r"((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))")
_RATE, _FIXED, _FIXED_WHOLE = Decimal("0.0349"), Decimal("0.49"), Decimal(40)


def read(operation: str, raw: Any, field: str, *, zero: bool = False) -> Amount:
    """An amount from JSON, `field` being its pointer; raises Refused. Zero is let through only with `zero`."""
    if not isinstance(raw, dict):
        raise refused(operation, "MISSING_REQUIRED_PARAMETER", field=field, location="body")
    code = _text(operation, raw, field, "currency_code")
    value = _text(operation, raw, field, "value")
    if len(code) != 3:
        raise refused(operation, "INVALID_STRING_LENGTH", field=f"{field}/currency_code", value=code, location="body")
    if code not in CURRENCIES:
        raise refused(operation, "INVALID_CURRENCY_CODE", field=f"{field}/currency_code", value=code, location="body")
    return Amount(_number(operation, value, code, f"{field}/value", zero=zero), code)


def _text(operation: str, raw: dict[str, Any], field: str, name: str) -> str:
    text = raw.get(name)
    if text is None:
        raise refused(operation, "MISSING_REQUIRED_PARAMETER", field=f"{field}/{name}", location="body")
    if not isinstance(text, str):
        raise refused(operation, "INVALID_PARAMETER_SYNTAX", field=f"{field}/{name}", location="body")
    return text


def _number(operation: str, value: str, currency: str, field: str, *, zero: bool) -> Decimal:
    if len(value) > 32:
        raise refused(operation, "INVALID_STRING_LENGTH", field=field, value=value, location="body")
    if not _SYNTAX.fullmatch(value):
        raise refused(operation, "INVALID_PARAMETER_SYNTAX", field=field, value=value, location="body")
    number = Decimal(value)
    for wrong, issues in (
        (number < 0 and zero, ["CANNOT_BE_NEGATIVE"]),
        (number <= 0 and not zero, ["CANNOT_BE_ZERO_OR_NEGATIVE"]),
        (currency in ZERO_DECIMALS and "." in value, ["DECIMALS_NOT_SUPPORTED", "DECIMAL_PRECISION"]),
        (len(value.partition(".")[2]) > 2, ["DECIMAL_PRECISION"]),
        (number > MOST, ["MAX_VALUE_EXCEEDED", "INVALID_STRING_LENGTH"]),
    ):
        if wrong:
            raise refused(operation, *issues, field=field, value=value, location="body")
    return number


def text(value: Decimal, currency: str) -> str:
    """With as many decimals as the currency has."""
    return f"{value:.0f}" if currency in ZERO_DECIMALS else f"{value:.2f}"


def shown(value: Decimal, currency: str) -> dict[str, str]:
    """As JSON."""
    return {"currency_code": currency, "value": text(value, currency)}


def fee(amount: Amount) -> Decimal:
    """What this PayPal keeps: 3.49 % and a fixed part, never more than the amount."""
    whole = amount.currency in ZERO_DECIMALS
    exact = amount.value * _RATE + (_FIXED_WHOLE if whole else _FIXED)
    return min(amount.value, exact.quantize(Decimal(1) if whole else Decimal("0.01"), ROUND_HALF_UP))
