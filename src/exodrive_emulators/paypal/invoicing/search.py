"""Lists of invoices: all of them, or those that fit, page by page."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from exodrive_emulators.kit.http import Request
from exodrive_emulators.paypal.errors import Refused
from exodrive_emulators.paypal.invoicing import reading, telling, words
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.invoicing.shapes import Contact, Currency, Day, Money, Number, Text120, Text140, Text300
from exodrive_emulators.paypal.invoicing.states import Status
from exodrive_emulators.paypal.world import PayPal

Json = dict[str, Any]
Moment = Annotated[datetime, Meta(tz=True)]
COLLECTIONS = ("items", "payments", "refunds", "additional_recipients", "attachments")
LARGE, SMALL = "Value exceeds max value.", "Value less than minimum value."


class Amounts(Struct):
    """From one amount to another, both included."""

    lower_amount: Money
    upper_amount: Money


class Days(Struct):
    """From one day to another, both included."""

    start: Day
    end: Day


class Moments(Struct):
    """From one moment to another."""

    start: Moment
    end: Moment


class Wanted(Struct):
    """What to look for; what is left out does not matter."""

    recipient_email: Annotated[str, Meta(max_length=254)] = ""
    recipient_first_name: Text140 = ""
    recipient_last_name: Text140 = ""
    recipient_business_name: Text300 = ""
    invoice_number: Number = ""
    status: Annotated[list[Status], Meta(max_length=5)] = []
    reference: Text120 = ""
    currency_code: Currency | None = None
    memo: Annotated[str, Meta(max_length=500)] = ""
    total_amount_range: Amounts | None = None
    invoice_date_range: Days | None = None
    due_date_range: Days | None = None
    payment_date_range: Moments | None = None
    creation_date_range: Moments | None = None
    archived: bool | None = None
    fields: Annotated[list[str], Meta(max_length=5)] = []


def listed(world: PayPal, request: Request) -> Json:
    """Every invoice, newest first; raises Refused."""
    fields = request.query.get("fields", "all").lower()
    if fields not in ("all", "none"):
        raise reading.bad()
    hidden = COLLECTIONS if fields == "none" else ()
    return _page(world, request, list(world.bills)[::-1], hidden, telling.BASE)


def found(world: PayPal, request: Request, body: Json) -> Json:
    """Those that fit, newest first, with the collections that were asked for; raises Refused."""
    wanted = reading.shaped(body, Wanted, words.OF_SEARCHES)
    try:
        fit = [it for it in list(world.bills)[::-1] if _fits(it, wanted)]
    except (ValueError, OverflowError) as wrong:  # a day that is in no calendar
        raise reading.bad() from wrong
    return _page(world, request, fit, [it for it in COLLECTIONS if it not in wanted.fields], "/v2/invoicing/search-invoices")


def _page(world: PayPal, request: Request, fit: list[Invoice], hidden: Any, path: str) -> Json:
    number, size = _integer(request, "page", 1, 1000), _integer(request, "page_size", 20, 100)
    total = request.query.get("total_required", "false")
    if total not in ("true", "false"):
        raise reading.bad()
    method = "GET" if path == telling.BASE else "POST"
    pages = max(1, -(-len(fit) // size))
    ways = [("self", number), ("first", 1), ("last", pages), *([("next", number + 1)] if number < pages else [])]
    ways += [("prev", number - 1)] if number > 1 else []
    here = f"{world.url}{path}?page_size={size}&total_required={total}&page="
    shown = [_without(telling.invoice(world, it), hidden) for it in fit[(number - 1) * size : number * size]]
    links = [{"href": f"{here}{page}", "rel": rel, "method": method} for rel, page in ways]
    totals = {"total_pages": pages, "total_items": len(fit)} if total == "true" else {}
    return {**totals, "items": shown, "links": links}


def _integer(request: Request, name: str, usual: int, most: int) -> int:
    text = request.query.get(name, str(usual))
    if not re.fullmatch("-?[0-9]{1,9}", text):
        raise reading.bad()
    for wrong, issue, sentence in (
        (int(text) > most, "INVALID_INTEGER_MAX_VALUE", LARGE),
        (int(text) < 1, "INVALID_INTEGER_MIN_VALUE", SMALL),
    ):
        if wrong:
            raise Refused(400, [{"field": name, "value": text, "location": "query", "issue": issue, "description": sentence}], [])
    return int(text)


def _without(shown: Json, hidden: Any) -> Json:
    detail = {name: it for name, it in shown["detail"].items() if name not in hidden}
    return {name: it for name, it in shown.items() if name not in hidden} | {"detail": detail}


def _fits(it: Invoice, wanted: Wanted) -> bool:
    detail = it.draft.detail
    texts = (
        (wanted.invoice_number, [it.number]),
        (wanted.reference, [detail.reference or ""]),
        (wanted.memo, [detail.memo or ""]),
        *_people(it, wanted),
    )
    return (
        all(_contains(text, values) for text, values in texts)
        and (not wanted.status or it.status in wanted.status)
        and wanted.currency_code in (None, it.sums.currency)
        and not wanted.archived
        and _within(it, wanted)
    )


def _people(it: Invoice, wanted: Wanted) -> list[tuple[str, list[str]]]:
    who = [one.billing_info for one in it.draft.primary_recipients or [] if one.billing_info]
    return [
        (wanted.recipient_email, [str(one.email_address or "") for one in who]),
        (wanted.recipient_first_name, [_named(one, "given_name") for one in who]),
        (wanted.recipient_last_name, [_named(one, "surname") for one in who]),
        (wanted.recipient_business_name, [str(one.business_name or "") for one in who]),
    ]


def _named(one: Contact, part: str) -> str:
    return str(getattr(one.name, part) or "") if one.name else ""


def _contains(text: str, values: list[str]) -> bool:
    return not text or any(text.casefold() in value.casefold() for value in values)


def _within(it: Invoice, wanted: Wanted) -> bool:
    amounts, paid = wanted.total_amount_range, wanted.payment_date_range
    low, high = (Decimal(amounts.lower_amount.value), Decimal(amounts.upper_amount.value)) if amounts else (it.sums.total, it.sums.total)
    return (
        low <= it.sums.total <= high
        and _on(it.day, wanted.invoice_date_range)
        and _on(it.due, wanted.due_date_range)
        and (not paid or any(paid.start.date() <= one.day <= paid.end.date() for one in it.payments))
        and (not wanted.creation_date_range or wanted.creation_date_range.start <= it.created <= wanted.creation_date_range.end)
    )


def _on(day: date | None, span: Days | None) -> bool:
    if not span:
        return True
    start, end = date.fromisoformat(span.start), date.fromisoformat(span.end)
    return day is not None and start <= day <= end
