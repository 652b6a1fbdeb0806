"""The states of an invoice, what can be done in each, and which one its money puts it in."""

from enum import StrEnum


class Status(StrEnum):
    """An invoice's life."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    SENT = "SENT"
    SHARED = "SHARED"
    UNPAID = "UNPAID"
    PAYMENT_PENDING = "PAYMENT_PENDING"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    MARKED_AS_PAID = "MARKED_AS_PAID"
    PAID_EXTERNAL = "PAID_EXTERNAL"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    MARKED_AS_REFUNDED = "MARKED_AS_REFUNDED"
    REFUNDED_EXTERNAL = "REFUNDED_EXTERNAL"
    CANCELLED = "CANCELLED"
    AUTO_CANCELLED = "AUTO_CANCELLED"


class Kind(StrEnum):
    """How money came or went: through PayPal, or recorded by the invoicer."""

    PAYPAL = "PAYPAL"
    EXTERNAL = "EXTERNAL"


UNSENT = {Status.DRAFT, Status.SCHEDULED}
OPEN = {Status.SENT, Status.SHARED, Status.UNPAID}  # and nothing was paid
PAYABLE = OPEN | {Status.PARTIALLY_PAID}
PAID = {Status.PAID, Status.MARKED_AS_PAID, Status.PAID_EXTERNAL}
REFUNDED = {Status.REFUNDED, Status.MARKED_AS_REFUNDED, Status.REFUNDED_EXTERNAL, Status.PARTIALLY_REFUNDED}
ENDED = {Status.CANCELLED, Status.AUTO_CANCELLED}
SETTLED_BY = {Kind.PAYPAL: Status.PAID, Kind.EXTERNAL: Status.MARKED_AS_PAID}
RETURNED_BY = {Kind.PAYPAL: Status.REFUNDED, Kind.EXTERNAL: Status.MARKED_AS_REFUNDED}
OUTSIDE = {Status.MARKED_AS_PAID: Status.PAID_EXTERNAL, Status.MARKED_AS_REFUNDED: Status.REFUNDED_EXTERNAL}
REMINDABLE = {Status.SENT, Status.UNPAID, Status.PARTIALLY_PAID}
REFUNDABLE = PAID | {Status.PARTIALLY_PAID, Status.PARTIALLY_REFUNDED}
EDITABLE = UNSENT | PAYABLE


def why_not_cancelled(status: Status) -> str:
    """The issue with cancelling in this state, empty when it can be done."""
    if status in ENDED:
        return "INVOICE_CANCELED_ALREADY"
    if status in UNSENT:
        return f"CANNOT_CANCEL_{status}_INVOICE"
    if status in REFUNDED:
        return "CANNOT_CANCEL_REFUNDED_INVOICE"
    return "" if status in OPEN else "CANNOT_CANCEL_PAID_INVOICE"
