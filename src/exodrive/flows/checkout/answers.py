"""PayPal's answers as results of our intents. What does not match what we asked for is never a success."""

import msgspec

from exodrive.flows.checkout.model import Expected, Standing
from exodrive.gateways.errors import Declined, GatewayError, Refused
from exodrive.gateways.paypal import Authorization, Capture, CaptureStatus, Order, Refund, RefundStatus
from exodrive.payments.model import End, Kind, Latest, Operation, Result

MISMATCH = "MISMATCH"
DAYS_MISSING = "DAYS_MISSING"
TROUBLE = "TROUBLE"  # ours, not PayPal's: the log has it

_CAPTURED = (CaptureStatus.COMPLETED, CaptureStatus.PARTIALLY_REFUNDED, CaptureStatus.REFUNDED)
_NOT_CAPTURED = (CaptureStatus.DECLINED, CaptureStatus.FAILED)
_NOT_REFUNDED = (RefundStatus.FAILED, RefundStatus.CANCELLED)
# Refusals of whoever asks (a key that was changed, an account that was restricted): they say nothing of what became of it.
_TURNED_AWAY = frozenset({401, 403})
# A payment with our number is there already: perhaps the very one.
_PERHAPS_OURS = frozenset({"DUPLICATE_INVOICE_ID"})


def invoice_id(standing: Standing, operation: Operation) -> str:
    """Return our own number for an order, a refund, a deposit or a claim of one: a second guard against paying twice."""
    letter = {"create_order": "", "refund": "R", "open_hold": "D", "claim": "C", "repay": "B"}[operation.kind]
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


def of_doubt(failure: GatewayError, *, seen: str | None = None) -> Result:
    """Return what could not be read: nobody knows. ``seen`` is the id PayPal gave it before, if it did."""
    return msgspec.structs.replace(_told(End.UNKNOWN, failure), provider_id=seen)


def _told(end: End, failure: GatewayError) -> Result:
    return Result(end=end, issue=failure.issue, debug_id=failure.debug_id or None)


def expected(now: Standing, operation: Operation) -> Expected:
    """Return what PayPal must name when it answers an intent."""
    told = operation.request
    ours = told.get("invoice_id") if operation.kind is Kind.CAPTURE else invoice_id(now, operation)
    return Expected(operation.money, operation.booking_id, now.reference, ours, told.get("payee") or None)


def differences(told: Order | Authorization | Capture | Refund, ours: Expected) -> dict[str, str]:
    """Return how something at PayPal differs from what was asked for: by name, what it says there, which may be nothing.

    Only whom it pays need not be said.
    """
    wrong = {}
    if told.amount != ours.money:
        wrong["amount"] = f"{told.amount.amount} {told.amount.currency}"
    if told.custom_id != str(ours.booking_id):
        wrong["custom_id"] = told.custom_id
    if told.invoice_id != (ours.invoice_id or told.invoice_id) or not told.invoice_id.startswith(f"{ours.reference}-"):
        wrong["invoice_id"] = told.invoice_id
    if ours.payee and told.merchant_id and told.merchant_id != ours.payee:
        wrong["payee"] = told.merchant_id
    return wrong


def of_order(order: Order, operation: Operation, now: Standing) -> Result:
    """Return what an opened order comes to. Where we say who is paid, it must say so too."""
    ours = expected(now, operation)
    wrong = differences(order, ours)
    if ours.payee and order.merchant_id != ours.payee:
        wrong["payee"] = order.merchant_id
    if wrong:
        return Result(end=End.FAILED, provider_id=order.id, money=order.amount, issue=MISMATCH, details=wrong)
    details = {"merchant_id": order.merchant_id or None, "approve_url": order.approve_url}
    return Result(end=End.SUCCEEDED, provider_id=order.id, provider_status=order.status, money=order.amount, details=details)


def of_capture(capture: Capture, operation: Operation, now: Standing) -> Result:
    """Return what a capture comes to. Money that is not the sum we asked for, or is for something else, is left for a person."""
    wrong = differences(capture, expected(now, operation))
    if capture.order_id and capture.order_id != operation.target_id:
        wrong["order"] = capture.order_id
    return _weighed(capture, _end_of(capture), wrong)


def _end_of(capture: Capture) -> End:
    if capture.status in _CAPTURED:
        return End.SUCCEEDED
    if capture.status in _NOT_CAPTURED:
        return End.DECLINED
    return End.PENDING if capture.status is CaptureStatus.PENDING else End.UNKNOWN


def of_claim(capture: Capture, operation: Operation, now: Standing) -> Result:
    """Return what taking money out of a hold comes to, in the same way."""
    return _weighed(capture, _end_of(capture), differences(capture, expected(now, operation)))


def of_refund(refund: Refund, operation: Operation, now: Standing) -> Result:
    """Return what a refund comes to, in the same way."""
    end = End.UNKNOWN
    if refund.status is RefundStatus.COMPLETED:
        end = End.SUCCEEDED
    elif refund.status in _NOT_REFUNDED:
        end = End.FAILED
    elif refund.status is RefundStatus.PENDING:
        end = End.PENDING
    wrong = differences(refund, expected(now, operation))
    if refund.capture_id and refund.capture_id != operation.target_id:
        wrong["capture"] = refund.capture_id
    return _weighed(refund, end, wrong)


def _weighed(told: Capture | Refund, end: End, wrong: dict[str, str]) -> Result:
    """Money that did not move need not be ours; any other that is not what was asked for is nobody's until a person has looked."""
    mismatch = bool(wrong) and end not in (End.DECLINED, End.FAILED)
    return Result(
        end=End.UNKNOWN if mismatch else end,
        provider_id=told.id,
        provider_status=told.status,
        money=told.amount,
        issue=MISMATCH if mismatch else told.reason or None,
        details=wrong,
    )


def still(before: Latest | None, result: Result) -> Result:
    """Return a result, or a mismatch where PayPal named another capture or refund for the same intent before."""
    seen = before.provider_id if before else None
    if seen is None or result.provider_id in (None, seen) or result.end not in (End.SUCCEEDED, End.PENDING):
        return result
    return msgspec.structs.replace(result, end=End.UNKNOWN, issue=MISMATCH, details={"id": result.provider_id, "before": seen})
