"""What an answer of PayPal's means: fine, declined, refused, busy, or nobody knows."""

import msgspec

from exodrive.gateways.errors import Busy, Declined, GatewayError, Refused, Unknown
from exodrive.gateways.line import Answer, seconds_to_wait
from exodrive.gateways.paypal.wire import ErrorIn, link_to

# The payer, the bank or PayPal's risk rules said no to this payer.
_DECLINED = frozenset(
    {
        "COMPLIANCE_VIOLATION",
        "CONSENT_NEEDED",
        "INSTRUMENT_DECLINED",
        "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
        "PAYEE_BLOCKED_TRANSACTION",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
        "PAYER_ACCOUNT_RESTRICTED",
        "PAYER_ACTION_REQUIRED",
        "PAYER_CANNOT_PAY",
        "PAYMENT_DENIED",
        "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
        "TRANSACTION_BLOCKED_BY_PAYEE",
        "TRANSACTION_LIMIT_EXCEEDED",
        "TRANSACTION_REFUSED",
    }
)
# Our own earlier request is still being worked on.
_UNDER_WAY = frozenset({"ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS"})
_LATER = 408
_CONFLICT = 409  # with another request, and perhaps that was our own


def judge(answer: Answer) -> None:
    """Return for a 2xx; raises Declined, Refused, Busy or Unknown for anything else."""
    if 200 <= answer.status < 300:
        return
    raise _failure(answer)


def debug_id(answer: Answer) -> str:
    """PayPal's own number for this call."""
    return answer.headers.get("paypal-debug-id", "")


def _failure(answer: Answer) -> GatewayError:
    told = _read(answer.body)
    debug = debug_id(answer) or (told.debug_id if told else "")
    if answer.status == 429:
        return Busy("RATE_LIMIT_REACHED", retry_after=seconds_to_wait(answer.headers), debug_id=debug)
    # A 4xx that is not PayPal's own words comes from something in between, and says nothing about what was done.
    is_no = 400 <= answer.status < 500 and answer.status not in (_LATER, _CONFLICT)
    if told is None or not is_no or told.issue() in _UNDER_WAY:
        return Unknown(told.issue() if told else f"HTTP {answer.status}", debug_id=debug)
    if told.issue() in _DECLINED:
        return Declined(told.issue(), payer_link=link_to(told.links, "redirect", "payer-action"), debug_id=debug)
    return Refused(told.issue(), status=answer.status, debug_id=debug)


def _read(body: bytes) -> ErrorIn | None:
    try:
        told = msgspec.json.decode(body, type=ErrorIn)
    except msgspec.MsgspecError:
        return None
    return told if told.issue() else None
