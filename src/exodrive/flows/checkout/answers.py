"""PayPal's answers as results of our intents. What does not match what we asked for is never a success."""

import msgspec

from exodrive.flows.checkout.model import Standing
from exodrive.gateways.errors import Declined, GatewayError, Refused
from exodrive.gateways.paypal import Capture, CaptureStatus, Order, Refund, RefundStatus
from exodrive.kit.money import Money
from exodrive.payments.model import End, Operation, Result

MISMATCH = "MISMATCH"

_CAPTURED = (CaptureStatus.COMPLETED, CaptureStatus.PARTIALLY_REFUNDED, CaptureStatus.REFUNDED)
_NOT_CAPTURED = (CaptureStatus.DECLINED, CaptureStatus.FAILED)
_NOT_REFUNDED = (RefundStatus.FAILED, RefundStatus.CANCELLED)
# Refusals of whoever asks (a key that was changed, an account that was restricted): they say nothing of what became of it.
_TURNED_AWAY = frozenset({401, 403})
# A payment with our number is there already: perhaps the very one.
_PERHAPS_OURS = frozenset({"DUPLICATE_INVOICE_ID"})
_NOT_THERE = 404


def invoice_id(standing: Standing, operation: Operation) -> str:
    """Return our own number for an order or a refund: a second guard against paying twice."""
    letter = {"create_order": "", "refund": "R"}[operation.kind]
    return f"{standing.reference}-{letter}{operation.attempt}"


def of_failure(failure: GatewayError, *, moves_money: bool = True) -> Result:
    """Return what a call that did not end well comes to: only a no to the very thing that was asked says that nothing was done.

    Where no money moves, a number that is taken is such a no: the next attempt has another.
    """
    end = End.UNKNOWN
    if isinstance(failure, Declined):
        end = End.DECLINED
    elif isinstance(failure, Refused) and failure.status not in _TURNED_AWAY and not (moves_money and failure.issue in _PERHAPS_OURS):
        end = End.FAILED
    return _told(end, failure)


def is_gone(failure: GatewayError) -> bool:
    """Whether there is no such thing at PayPal: the one thing that is known of what could not be read."""
    return isinstance(failure, Refused) and failure.status == _NOT_THERE


def of_doubt(failure: GatewayError, *, seen: str | None = None) -> Result:
    """Return what could not be read: nobody knows. ``seen`` is the id PayPal gave it before, if it did."""
    return msgspec.structs.replace(_told(End.UNKNOWN, failure), provider_id=seen)


def _told(end: End, failure: GatewayError) -> Result:
    return Result(end=end, issue=failure.issue, debug_id=failure.debug_id or None)


def of_order(order: Order, operation: Operation) -> Result:
    """Return what an opened order comes to."""
    wrong = _differences(order.amount, order.custom_id, operation)
    if wrong:
        return Result(end=End.FAILED, provider_id=order.id, money=order.amount, issue=MISMATCH, details=wrong)
    details = {"merchant_id": order.merchant_id or None, "approve_url": order.approve_url}
    return Result(end=End.SUCCEEDED, provider_id=order.id, provider_status=order.status, money=order.amount, details=details)


def order_differences(order: Order, standing: Standing, money: Money | None = None) -> dict[str, str]:
    """Return how an order at PayPal differs from what we opened: by name, what it says there; ``money`` where it is not the booking's."""
    wrong = {}
    if order.amount != (money or standing.money):
        wrong["amount"] = f"{order.amount.amount} {order.amount.currency}"
    if order.custom_id and order.custom_id != str(standing.booking_id):
        wrong["custom_id"] = order.custom_id
    if order.invoice_id and not order.invoice_id.startswith(f"{standing.reference}-"):
        wrong["invoice_id"] = order.invoice_id
    if order.merchant_id and standing.merchant_id and order.merchant_id != standing.merchant_id:
        wrong["payee"] = order.merchant_id
    return wrong


def of_capture(capture: Capture, operation: Operation, standing: Standing) -> Result:
    """Return what a capture comes to. Money that is not the sum we asked for, or is for something else, is left for a person."""
    end = End.UNKNOWN
    if capture.status in _CAPTURED:
        end = End.SUCCEEDED
    elif capture.status in _NOT_CAPTURED:
        end = End.DECLINED
    elif capture.status is CaptureStatus.PENDING:
        end = End.PENDING
    wrong = _differences(capture.amount, capture.custom_id, operation)
    if capture.invoice_id and not capture.invoice_id.startswith(f"{standing.reference}-"):
        wrong["invoice_id"] = capture.invoice_id
    mismatch = bool(wrong) and end is not End.DECLINED
    return Result(
        end=End.UNKNOWN if mismatch else end,
        provider_id=capture.id,
        provider_status=capture.status,
        money=capture.amount,
        issue=MISMATCH if mismatch else capture.reason or None,
        details=wrong,
    )


def of_refund(refund: Refund, operation: Operation) -> Result:
    """Return what a refund comes to."""
    end = End.UNKNOWN
    if refund.status is RefundStatus.COMPLETED:
        end = End.SUCCEEDED
    elif refund.status in _NOT_REFUNDED:
        end = End.FAILED
    elif refund.status is RefundStatus.PENDING:
        end = End.PENDING
    wrong = _differences(refund.amount, refund.custom_id, operation)
    mismatch = bool(wrong) and end is not End.FAILED
    return Result(
        end=End.UNKNOWN if mismatch else end,
        provider_id=refund.id,
        provider_status=refund.status,
        money=refund.amount,
        issue=MISMATCH if mismatch else refund.reason or None,
        details=wrong,
    )


def _differences(amount: Money, custom_id: str, operation: Operation) -> dict[str, str]:
    wrong = {}
    if amount != operation.money:
        wrong["amount"] = f"{amount.amount} {amount.currency}"
    if custom_id and custom_id != str(operation.booking_id):
        wrong["custom_id"] = custom_id
    return wrong
