"""Reading a recorded payment or refund, in the words of the official document."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.errors import Refused
from exodrive_emulators.paypal.invoicing.reading import bad
from exodrive_emulators.paypal.invoicing.shapes import AMOUNT

METHODS = {"BANK_TRANSFER", "CASH", "CHECK", "CREDIT_CARD", "DEBIT_CARD", "PAYPAL", "WIRE_TRANSFER", "OTHER"}
_CAN = "amount value is invalid. Can have non-negative value with maximum"


class Words(msgspec.Struct, frozen=True):
    """Where payments and refunds are spoken of differently."""

    what: str
    day: str  # the field of the day
    method: str
    currency: str
    zero: str


PAYMENT = Words(
    "Payment", "payment_date", "The value provided is not an acceptable method of payment.", "Currency code is not supported.",
    "Payment amount cannot be zero. Please provide a valid amount.",
)  # fmt: skip
REFUND = Words(
    "Refund", "refund_date", "The value provided is not an acceptable method of refund.",
    "Currency code is not supported. Please provide a valid currency code.", "Refund amount cannot be zero.",
)  # fmt: skip


class Record(msgspec.Struct, frozen=True):
    """What was recorded; no value means all there is."""

    method: str
    day: date
    value: Decimal | None
    note: str


def read(body: dict[str, Any], words: Words, currency: str, today: date) -> Record:
    """A payment or refund as it was told; raises Refused."""
    method = body.get("method")
    if method is None:
        raise _no("MISSING_REQUIRED_PARAMETER", "Payment method is missing. Please provide a valid payment method.", "/method")
    if method not in METHODS if isinstance(method, str) else True:
        raise _no(f"INVALID_{words.what.upper()}_METHOD", words.method, "/method")
    note = body.get("note", "")
    reference = body.get("payment_id", "")
    if not isinstance(note, str) or not isinstance(reference, str) or len(note) > 2000 or len(reference) > 22:
        raise bad()
    value = _value(body["amount"], words, currency) if "amount" in body else None
    return Record(method, _day(body.get(words.day), words, today), value, note)


def _day(text: Any, words: Words, today: date) -> date:
    if text is None:
        return today
    try:
        if isinstance(text, str) and len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _no("INVALID_PARAMETER_SYNTAX", "Date should be of format yyyy-mm-dd.", f"/{words.day}") if words is PAYMENT else bad()


def _value(raw: Any, words: Words, currency: str) -> Decimal:
    if not isinstance(raw, dict) or not isinstance(raw.get("currency_code", ""), str) or not isinstance(raw.get("value", ""), str):
        raise bad()
    code, text = raw.get("currency_code", ""), raw.get("value")
    if text is None:
        raise _no("MISSING_REQUIRED_PARAMETER", "Amount value is missing. Please provide a valid amount.", "/amount/value")
    if len(code) != 3:
        raise _no("INVALID_STRING_LENGTH", "Currency code length should be 3 characters.", "/amount/currency_code")
    if code != currency:
        raise _no("NOT_SUPPORTED", words.currency, "/amount/currency_code")
    return _number(text, words, code)


def _number(text: str, words: Words, code: str) -> Decimal:
    if len(text) > 32:
        long = "Amount value cannot be greater than the maximum limit of 32 characters length."
        raise _no("INVALID_STRING_MAX_LENGTH", long, "/amount/value")
    if not re.fullmatch(AMOUNT, text):
        raise _no("INVALID_PARAMETER_SYNTAX", "Amount value is invalid. Should be a numeric value.", "/amount/value")
    value, digits = Decimal(text), len(text.partition(".")[2])
    if not value:
        raise _no("VALUE_CANNOT_BE_ZERO", words.zero, "/amount/value")
    if code in money.ZERO_DECIMALS and (digits or value < 0 or value >= 10**6):
        raise _no("INVALID_INTEGER_VALUE", f"{words.what} {_CAN} 6 digits.", "/amount/value")
    if digits > 2 or value < 0 or value >= 10**7:
        raise _no("INVALID_DECIMAL_VALUE", f"{words.what} {_CAN} 7 digits and upto 2 fractions.", "/amount/value")
    return value


def _no(issue: str, sentence: str, field: str) -> Refused:
    return bad({"field": field, "location": "body", "issue": issue, "description": sentence})
