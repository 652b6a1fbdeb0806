"""Reading what is sent about an invoice, as strictly as the official document, first fault first."""

from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

import msgspec

from exodrive_emulators.paypal.errors import Refused
from exodrive_emulators.paypal.invoicing import words
from exodrive_emulators.paypal.invoicing.shapes import Draft, Notification
from exodrive_emulators.paypal.invoicing.sums import Sums, Wrong, reckon

T = TypeVar("T")


def bad(detail: dict[str, str] | None = None) -> Refused:
    """A refusal of a request that is not well-formed."""
    return Refused(400, [detail] if detail else [], [])


def shaped(body: Any, shape: type[T], known: words.Sentences = words.OF_INVOICES) -> T:
    """The body as what it has to be; raises Refused, in words that are `known` to the call."""
    try:
        return msgspec.convert(body, shape)
    except msgspec.ValidationError as wrong:
        raise bad(words.explain(str(wrong), known)) from wrong


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body; raises Refused."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.MsgspecError as wrong:
        raise bad() from wrong


def draft(body: dict[str, Any]) -> tuple[Draft, Sums]:
    """An invoice and its sums; raises Refused."""
    read = shaped(body, Draft)
    for number, item in enumerate(read.items):
        _day(item.item_date, f"items[{number}].item_date")
    try:
        return read, reckon(read)
    except Wrong as wrong:
        raise bad() from wrong


def days(read: Draft, today: date) -> tuple[date, date | None]:
    """The invoice's date and the date it is due, none without a limit; raises Refused."""
    begins = _day(read.detail.invoice_date, "detail.invoice_date") or today
    term = read.detail.payment_term
    if not term:
        return begins, None
    due = _day(term.due_date, "detail.payment_term.due_date")
    if due and due < begins:
        raise bad(words.sentence("detail.payment_term.due_date", words.SYNTAX))
    if term.term_type and term.term_type.startswith("NET_"):
        return begins, begins + timedelta(days=int(term.term_type[4:]))
    return begins, begins if term.term_type == "DUE_ON_RECEIPT" else due


def notification(body: dict[str, Any]) -> Notification:
    """What goes with sending, reminding or cancelling; raises Refused."""
    try:
        return msgspec.convert(body, Notification)
    except msgspec.ValidationError as wrong:
        raise bad() from wrong


class Picture(msgspec.Struct):
    """How large a QR code is to be, and what it leads to."""

    width: int = 500
    height: int = 500
    action: Annotated[str, msgspec.Meta(pattern="(?i)^(pay|details)$")] = "pay"


def picture(body: dict[str, Any]) -> Picture:
    """What QR code is wanted; raises Refused."""
    try:
        read = msgspec.convert(body, Picture)
    except msgspec.ValidationError as wrong:
        syntax = "Value of the field does not conform to the expected format."
        said = {"field": "/action", "location": "body", "issue": words.SYNTAX, "description": syntax}
        raise bad(said if "regex" in str(wrong) else None) from wrong
    for name, pixels in (("width", read.width), ("height", read.height)):
        if not 150 <= pixels <= 500:
            issue, sentence = ("MIN", "less than minimum") if pixels < 150 else ("MAX", "exceeds max")
            said = {"field": f"/{name}", "location": "body", "issue": f"INVALID_INTEGER_{issue}_VALUE"}
            raise bad({**said, "value": str(pixels), "description": f"Value {sentence} value."})
    return read


def _day(text: Any, path: str) -> date | None:
    """A day that is in the calendar."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise bad(words.sentence(path, words.SYNTAX)) from wrong
