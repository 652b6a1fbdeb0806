"""Giving money back: the intent is written with its cause, a job asks PayPal, and its answer is recorded once."""

import logging
from typing import Any
from uuid import UUID

from exodrive.bookings.model import SYSTEM, Actor
from exodrive.flows.checkout import answers, returning
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.returning import Way
from exodrive.flows.world import World
from exodrive.gateways.errors import Declined, GatewayError, Refused, unless_gone
from exodrive.gateways.paypal import NewRefund, Refund
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.model import Kind, Operation, Result
from exodrive.payments.named import store as named
from exodrive.payments.summary import store as summary

log = logging.getLogger(__name__)


async def promise(
    db: Db, now: Standing, money: Money, reason: str, *, change_id: UUID | None = None, instalment_id: UUID | None = None
) -> None:
    """Promise to give back a sum out of all that was captured for a booking, what was paid last first. The caller holds the car's lock.

    What no capture is left for is not promised: money that never came is never given back.
    """
    left = money.amount
    for capture_id, rest in await payments.refundable(db, now.booking_id):
        part = min(left, rest)
        if part > 0:
            back, left = Money(part, money.currency), left - part
            payee = {"payee": await named.payee_of(db, now.booking_id, capture_id)}
            about: dict[str, Any] = {"target_id": capture_id, "reason": reason, "change_id": change_id, "instalment_id": instalment_id}
            operation_id = await payments.intend(db, now.booking_id, Kind.REFUND, back, request=payee, **about)
            await outbox.enqueue(db, "payments.settle", operation_id=operation_id)
    if left:
        log.critical("more was to be given back than is left", extra={"booking": now.reference, "missing": str(left)})


@calls("refund.ask")
async def ask(world: World, operation: Operation, now: Standing) -> Result:
    """Ask PayPal to give the money back; the same intent always asks for the very same thing.

    It may have been asked before, so a no is believed only when PayPal shows no refund with our number.
    """
    assert operation.target_id is not None
    new = NewRefund(amount=operation.money, invoice_id=answers.invoice_id(now, operation), custom_id=str(now.booking_id))
    try:
        refund = await world.paypal.refund_capture(operation.target_id, new, request_id=operation.request_id)
    except (Declined, Refused) as no:
        return await read_back(world, operation, now, None) or answers.of_failure(no)
    except GatewayError as failure:
        return answers.of_failure(failure)
    return answers.of_refund(refund, operation, now)


@calls("refund.read")
async def read_back(world: World, operation: Operation, now: Standing, refund_id: str | None) -> Result | None:
    """Read what became of a refund without asking for it again; None when PayPal knows of none with our number."""
    try:
        refund = await world.paypal.get_refund(refund_id) if refund_id else await _by_invoice(world, operation, now)
    except GatewayError as failure:
        return answers.of_doubt(failure, seen=refund_id)
    return answers.of_refund(refund, operation, now) if refund else None


async def _by_invoice(world: World, operation: Operation, now: Standing) -> Refund | None:
    assert operation.target_id is not None
    capture = await unless_gone(world.paypal.get_capture(operation.target_id))
    if capture is None:
        return None
    order = await world.paypal.get_order(capture.order_id)
    ours = answers.invoice_id(now, operation)
    return next((refund for refund in order.refunds if refund.invoice_id == ours), None)


async def _book(db: Db, operation: Operation) -> None:
    await summary.refunded(db, operation.booking_id, operation.amount)


_WAY = Way(_book, "refunded", "refund_failed", "a refund failed")


@commits("refund.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, and bring the summary up to date."""
    await returning.record(world, operation, result, actor, _WAY)
