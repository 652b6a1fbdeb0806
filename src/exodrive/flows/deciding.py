"""Deciding about a payment that PayPal's answers do not settle: staff say what is to become of it, and why; the worker does it."""

import logging
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.change import capturing as changing
from exodrive.flows.checkout import authorising, capturing, refunding, standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.claiming import repaying, taking
from exodrive.flows.comparison import external
from exodrive.flows.comparison.judge import TAKEN
from exodrive.flows.comparison.model import WentBack
from exodrive.flows.instalment import capturing as later
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.gateways.paypal import RefundStatus
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput, Conflict, NotFound
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId, OperationId
from exodrive.kit.words import _
from exodrive.payments.decisions import store
from exodrive.payments.decisions.model import Decision, Doubt, Made
from exodrive.payments.model import End, Kind, Result

log = logging.getLogger(__name__)

CLOSED = "CLOSED_BY_STAFF"


class NothingToDecide(Conflict):
    """The payment has ended, or PayPal may still tell how it ends."""

    code = "nothing-to-decide"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to decide about this payment: it has ended, or PayPal is still at it."))


class Decided(msgspec.Struct, frozen=True):
    """What was decided about a payment; the worker acts on it within seconds."""

    operation_id: UUID
    decision: Decision


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    operation_id: OperationId
    decision: Decision
    reason: str


async def by_staff(
    door: Door,
    booking_id: BookingId,
    operation_id: OperationId,
    decision: Decision,
    actor: Actor,
    reason: str,
    *,
    key: str = "",
    ip: str = "",
) -> Decided:
    """Keep a decision through the staff's own door, with the history, the audit and the promise to act on it.

    Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``decision`` or ``reason``, NotFound for a payment
    of no such booking, NothingToDecide, KeyReused and Busy.
    """
    asked = _Asked(booking_id, operation_id, decision, by.reason_of(reason))
    return await again(lambda: _write(door, asked, request("decision", key, asked), actor, ip))


@commits("decide.write")
async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Decided:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, asked.booking_id, lambda: _decide(db, now, asked, actor, ip), Decided)


async def _decide(db: Db, now: Standing, asked: _Asked, actor: Actor, ip: str) -> Decided:
    doubt = await store.doubt(db, asked.operation_id)
    if doubt is not None and doubt.operation.booking_id != now.booking_id:
        raise NotFound(_("There is no such payment."))
    if doubt is None or not doubt.waits(now.now):
        raise NothingToDecide
    if asked.decision not in doubt.choices:
        raise BadInput(_("Please check the fields that are marked."), fields={"decision": _("This cannot be done with this payment.")})
    assert actor.id is not None, "staff act in their own name"
    told = {"operation": str(asked.operation_id), "decision": asked.decision}
    await store.decide(db, asked.operation_id, asked.decision, asked.reason, UUID(actor.id))
    await bookings.tell(db, now.booking_id, "payment_decided", actor, reason=asked.reason, **told)
    await by.note(db, actor, ip, "payment_decided", now.booking_id, reason=asked.reason, **told)
    await outbox.enqueue(db, "payments.decided", operation_id=asked.operation_id)
    return Decided(asked.operation_id, asked.decision)


@commits("decide.look")
async def act(world: World, operation_id: OperationId) -> None:
    """Do what was decided last about an intent, unless it has ended meanwhile; safe to run any number of times.

    Raises GatewayError when PayPal must be asked and is away: then it is to be tried again.
    """
    async with world.door.scope() as db:
        made, doubt = await store.newest(db, operation_id), await store.doubt(db, operation_id)
        if made is None or doubt is None or made.decision not in doubt.choices:
            return
    actor = Actor("admin", str(made.staff_id), made.staff_name)
    if made.decision is Decision.GIVE_BACK:
        await _give_back(world, doubt, made, actor)
    else:
        await _record(world, doubt, _result(doubt, made), actor)


def _result(doubt: Doubt, made: Made) -> Result:
    said = {"decided": made.reason}
    if made.decision is Decision.CLOSE:
        return Result(end=End.FAILED, issue=CLOSED, details=said)
    return Result(end=End.SUCCEEDED, provider_id=doubt.seen, provider_status=doubt.status, money=doubt.money, details=said)


async def _record(world: World, doubt: Doubt, result: Result, actor: Actor) -> None:
    operation = doubt.operation
    if operation.is_joint_hold:
        await again(lambda: authorising.record(world, operation, result, actor))
    elif operation.kind is Kind.REFUND:
        await again(lambda: refunding.record(world, operation, result, actor))
    elif operation.kind is Kind.REPAY:
        await again(lambda: repaying.record(world, operation, result, actor))
    elif operation.kind is Kind.CLAIM:
        await again(lambda: taking.record(world, operation, result, actor))
    elif operation.change_id:
        await again(lambda: changing.record(world, operation, result, actor))
    elif operation.instalment_id:
        await again(lambda: later.record(world, operation, result, actor))
    else:
        await again(lambda: capturing.record(world, operation, result, actor))


@calls("decide.see")
async def _give_back(world: World, doubt: Doubt, made: Made, actor: Actor) -> None:
    """PayPal is read once more: money that is not there cannot go back, and what went back there already is not given twice."""
    assert doubt.seen is not None
    capture = await world.paypal.get_capture(doubt.seen)
    if capture.status not in TAKEN:
        log.critical("money that is not there cannot go back", extra={"capture": capture.id, "status": capture.status})
        return
    order = await world.paypal.get_order(capture.order_id)
    given = [one for one in order.refunds if one.capture_id == capture.id and one.status is RefundStatus.COMPLETED]
    back = WentBack(sum((one.amount.amount for one in given), Decimal(0)), given)
    await again(lambda: external.give_back(world, doubt.operation, capture, back, actor, made.reason))
