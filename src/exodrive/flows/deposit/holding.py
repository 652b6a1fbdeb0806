"""PayPal's answers about holds as results of our intents. What does not match what we asked for is never a success."""

import logging

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows.checkout import answers
from exodrive.flows.checkout.model import Expected, Standing
from exodrive.gateways.paypal import Authorization, AuthorizationStatus
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.payments.model import End, Kind, Latest, Operation, Result

_ALIVE = (AuthorizationStatus.CREATED, AuthorizationStatus.PARTIALLY_CAPTURED, AuthorizationStatus.CAPTURED)

log = logging.getLogger(__name__)


def of_hold(hold: Authorization, operation: Operation, standing: Standing) -> Result:
    """Return what a hold, or one that renewed it, comes to."""
    end = End.UNKNOWN
    if hold.status in _ALIVE:
        end = End.SUCCEEDED
    elif hold.status in (AuthorizationStatus.DENIED, AuthorizationStatus.VOIDED):
        end = End.DECLINED
    elif hold.status is AuthorizationStatus.PENDING:
        end = End.PENDING
    wrong = _differences(hold, operation, standing)
    mismatch = bool(wrong) and end is not End.DECLINED
    times = {"created_at": hold.created_at, "expires_at": hold.expires_at}
    return Result(
        end=End.UNKNOWN if mismatch else end,
        provider_id=hold.id,
        provider_status=hold.status,
        money=hold.amount,
        issue=answers.MISMATCH if mismatch else hold.reason or None,
        details=wrong if mismatch else {name: at.isoformat() for name, at in times.items() if at},
    )


def of_release(hold: Authorization, operation: Operation) -> Result:
    """Return what giving a hold back comes to; one of which all was taken leaves nothing to give back."""
    done = {AuthorizationStatus.VOIDED: End.SUCCEEDED, AuthorizationStatus.CAPTURED: End.FAILED, AuthorizationStatus.DENIED: End.SUCCEEDED}
    return Result(end=done.get(hold.status, End.UNKNOWN), provider_id=hold.id, provider_status=hold.status, money=operation.money)


def expected(now: Standing, operation: Operation) -> Expected:
    """Return what PayPal must name when it tells of a hold."""
    told = operation.request
    return Expected(operation.money, operation.booking_id, now.reference, told.get("invoice_id"), told.get("payee") or None)


def _differences(hold: Authorization, operation: Operation, now: Standing) -> dict[str, str]:
    """Return how a hold differs from what was asked for; one that renewed another need not name what the first one named."""
    wrong = answers.differences(hold, expected(now, operation))
    return {name: said for name, said in wrong.items() if said or operation.kind is not Kind.RENEW}


async def note(db: Db, now: Standing, operation: Operation, before: Latest | None, result: Result, actor: Actor) -> None:
    """Say in the history that the end of an intent about a hold is not known; it is settled later."""
    if result.issue == answers.MISMATCH:
        log.critical("PayPal's hold is not what was asked for", extra={"booking": now.reference, "wrong": result.details})
        await bookings.tell(db, now.booking_id, "payment_mismatch", actor, hold=result.provider_id, wrong=result.details)
        return
    event = "deposit_pending" if result.end is End.PENDING else "deposit_unknown"
    await bookings.tell(db, now.booking_id, event, actor, issue=result.issue)
    if (before is None or before.end is None) and result.end is End.UNKNOWN:
        await outbox.enqueue(db, "payments.settle", operation_id=operation.id)
