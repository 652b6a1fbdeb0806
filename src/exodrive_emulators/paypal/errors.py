"""PayPal's errors: name by status, issue and its exact sentence by operation, in PayPal's own shape.

`issues.json` holds every issue the official Orders and Payments documents list for the operations served here, and those of Invoicing
that tell of an invoice's state; what its document says of single fields is in invoicing/words.py.
"""

from pathlib import Path
from typing import Any

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.http import Answer, json_answer

NAMES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid authentication credentials.",
    ),
    403: ("NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    405: ("METHOD_NOT_SUPPORTED", "The server does not implement the requested HTTP method."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    429: ("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred."),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable."),
}
BY_NAME = {name: status for status, (name, _) in NAMES.items()}
IN_PROGRESS = "PREVIOUS_REQUEST_IN_PROGRESS"
Table = dict[str, dict[str, dict[str, str]]]  # operation, status, issue, sentence
ISSUES: Table = msgspec.json.decode((Path(__file__).parent / "issues.json").read_bytes(), type=Table)
# What PayPal's guides and its live service say and its documents leave out.
_TAKEN = {"422": {"DUPLICATE_INVOICE_NUMBER": "Invoice number already exists."}}
UNDOCUMENTED: Table = {
    "invoices.create": _TAKEN,
    "invoices.update": _TAKEN,
    "orders.authorize": {"422": {"INSTRUMENT_DECLINED": ISSUES["orders.capture"]["422"]["INSTRUMENT_DECLINED"]}},
    "orders.capture": {
        "422": {
            "ACTION_DOES_NOT_MATCH_INTENT": "Order was created with an intent to 'AUTHORIZE'. Please use "
            "v2/checkout/orders/order_id/authorize to complete the transaction or alternately Create an order with an intent of 'CAPTURE'."
        }
    },
}
KNOWN = {issue for table in (ISSUES, UNDOCUMENTED) for statuses in table.values() for issues in statuses.values() for issue in issues}
_HELP = "https://developer.paypal.com/docs/api/orders/v2/#error-"


class Refused(Exception):
    """A call PayPal turns down."""

    def __init__(self, status: int, details: list[dict[str, str]], links: list[dict[str, str]]) -> None:
        super().__init__(status, details)
        self.status, self.details, self.links = status, details, links

    @property
    def issue(self) -> str:
        """The issue, empty for an error that has none."""
        return self.details[0]["issue"] if self.details else ""

    def answer(self) -> Answer:
        """As PayPal writes it."""
        return error(self.status, self.details, self.links)


def find(operation: str, issue: str) -> tuple[int, str] | None:
    """Status and sentence of an issue the operation is known to have."""
    for table in (ISSUES, UNDOCUMENTED):
        for status, issues in table.get(operation, {}).items():
            if issue in issues:
                return int(status), issues[issue]
    return None


def refused(operation: str, *issues: str, links: list[dict[str, str]] | None = None, **where: str) -> Refused:
    """A refusal with the first of `issues` that the operation knows; `where` is field, value, location."""
    for issue in issues:
        if found := find(operation, issue):
            help_link = {"href": _HELP + issue, "rel": "information_link"}
            detail = {**{name: value for name, value in where.items() if value}, "issue": issue, "description": found[1]}
            return Refused(found[0], [detail], [help_link, *(links or [])])
    raise LookupError(f"{operation} has none of {issues}")


def in_progress() -> Refused:
    """The same request, or another on the same resource, is being worked on."""
    sentence = ISSUES["captures.refund"]["409"][IN_PROGRESS]
    return Refused(409, [{"issue": IN_PROGRESS, "description": sentence}], [])


def invalid(sentence: str, field: str = "") -> Answer:
    """A refusal of the older interface, which knows no issues: 400 and what is wrong with which field."""
    detail = {"field": field, "location": "body", "issue": sentence}
    debug_id = ids.debug_id()
    body = {
        "name": "VALIDATION_ERROR",
        "message": "Invalid request - see details",
        "debug_id": debug_id,
        "information_link": "https://developer.paypal.com/docs/api/webhooks/v1/#errors",
        "details": [{name: text for name, text in detail.items() if text}],
        "links": [],
    }
    return json_answer(400, body, {"paypal-debug-id": debug_id})


def error(status: int, details: list[dict[str, str]] | None = None, links: list[dict[str, str]] | None = None) -> Answer:
    """An error answer in PayPal's shape."""
    name, message = NAMES.get(status, (f"HTTP_{status}", "The request could not be completed."))
    debug_id = ids.debug_id()
    body: dict[str, Any] = {"name": name, "message": message, "debug_id": debug_id}
    if details:
        body["details"] = details
    body["links"] = links or []
    return json_answer(status, body, {"paypal-debug-id": debug_id})
