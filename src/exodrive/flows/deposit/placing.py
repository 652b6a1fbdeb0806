"""Placing the hold of an approved order, on return or on webhook: intent, call, record; and what came of it."""

import logging
from datetime import datetime
from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, SYSTEM, Actor
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Hold
from exodrive.deposits.states import HoldStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import answers, standing
from exodrive.flows.checkout.model import Expected, Outcome, Standing, Step
from exodrive.flows.deposit import holding, store
from exodrive.flows.deposit.errors import UnknownHold
from exodrive.flows.world import World
from exodrive.gateways.errors import Declined, GatewayError, Refused, is_gone
from exodrive.gateways.paypal import OrderStatus
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result

_APPROVED = (OrderStatus.APPROVED, OrderStatus.COMPLETED)
_NOT_YET = "ORDER_NOT_APPROVED"
_STEPS = {HoldStatus.ASKED: Step.NOT_PAID, HoldStatus.DECLINED: Step.DECLINED, HoldStatus.DROPPED: Step.GONE}

log = logging.getLogger(__name__)


async def look(world: World, order_id: str) -> Outcome:
    """Return how a hold by an order stands, asking nobody else. Raises UnknownHold."""
    async with world.door.scope() as db:
        hold = await _by_order(db, order_id)
        now = await standing.read(db, hold.booking_id)
        last = await store.last_for_hold(db, hold.id, Kind.HOLD)
    step = _STEPS.get(hold.status, Step.PAID)
    if hold.status is HoldStatus.ASKED and last and last[1].is_open:
        step = Step.CHECKING
    elif hold.status is HoldStatus.ASKED and last and last[1].end is End.DECLINED:
        step = Step.DECLINED
    return Outcome(step, now.booking_id, now.reference)


async def _by_order(db: Db, order_id: str) -> Hold:
    hold = await deposits.of_order(db, order_id)
    if hold is None:
        raise UnknownHold
    return hold


@commits("deposit.look")
async def place(world: World, order_id: str, *, actor: Actor = CUSTOMER, patience: float = standing.PATIENCE) -> Outcome:
    """Place the hold of an approved order; safe to call any number of times. Raises UnknownHold for an order that is for none."""
    told = await look(world, order_id)
    async with world.door.scope() as db:
        hold = await _by_order(db, order_id)
        now = await standing.read(db, hold.booking_id)
    if hold.status is not HoldStatus.ASKED or (told.step is Step.DECLINED and hold.approve_url is None):
        return told
    if told.step is Step.CHECKING:
        return await standing.wait(lambda: look(world, order_id), patience)
    if not await _is_approved(world, order_id, now, hold):
        return await look(world, order_id)
    operation = await again(lambda: intend(world, hold, order_id, actor))
    if operation:
        result = await ask(world, operation, now)
        await again(lambda: record(world, operation, result, actor))
        return await look(world, order_id)
    return await standing.wait(lambda: look(world, order_id), patience)


@calls("deposit.see")
async def _is_approved(world: World, order_id: str, now: Standing, hold: Hold) -> bool:
    """Ask PayPal whether the payer approved what we asked for. While it is silent we go on: placing tells."""
    try:
        order = await world.paypal.get_order(order_id)
    except Refused as refusal:
        if is_gone(refusal):
            await again(lambda: _forget(world, hold, order_id, {}))
        return False
    except GatewayError:
        return True
    wrong = answers.differences(order, Expected(hold.money, hold.booking_id, now.reference, None, None))
    if wrong or order.status is OrderStatus.VOIDED:
        await again(lambda: _forget(world, hold, order_id, wrong))
    return order.status in _APPROVED and not wrong


@commits("deposit.forget")
async def _forget(world: World, hold: Hold, order_id: str, wrong: dict[str, str]) -> None:
    async with world.door.scope() as db:
        now = await standing.locked(db, hold.booking_id)
        await deposits.forget_order(db, hold.id, order_id)
        if wrong:
            log.critical("an order at PayPal is not what was opened", extra={"booking": now.reference, "wrong": wrong})
            await bookings.tell(db, now.booking_id, "payment_mismatch", SYSTEM, wrong=wrong)


@commits("deposit.hold.intend")
async def intend(world: World, hold: Hold, order_id: str, actor: Actor) -> Operation | None:
    """Write the intent to place a hold; None when somebody else did, or it is not asked for any more."""
    async with world.door.scope() as db:
        now = await standing.locked(db, hold.booking_id)
        fresh = await deposits.find(db, hold.id)
        last = await store.last_for_hold(db, hold.id, Kind.HOLD)
        if fresh is None or fresh.status is not HoldStatus.ASKED or (last and last[1].is_open):
            return None
        named = await named_by(db, now, hold.id)
        operation_id = await payments.intend(db, now.booking_id, Kind.HOLD, hold.money, target_id=order_id, hold_id=hold.id, request=named)
        await bookings.tell(db, now.booking_id, "deposit_intended", actor, order=order_id)
        return await payments.operation(db, operation_id)


async def named_by(db: Db, now: Standing, hold_id: UUID) -> dict[str, str]:
    """Return what PayPal must name when it tells of the hold: what its order was asked for with."""
    opening = await store.last_for_hold(db, hold_id, Kind.OPEN_HOLD)
    if opening is None:
        return {}
    return {"invoice_id": answers.invoice_id(now, opening[0]), "payee": opening[0].request.get("payee") or ""}


@calls("deposit.hold.ask")
async def ask(world: World, operation: Operation, now: Standing, *, perhaps_done: bool = False) -> Result:
    """Ask PayPal to place the hold; ``perhaps_done`` by an earlier call, a no is believed only when the order shows no hold."""
    assert operation.target_id is not None
    try:
        hold = await world.paypal.authorize_order(operation.target_id, request_id=operation.request_id)
    except (Declined, Refused) as no:
        told = answers.of_failure(no)
        return (await read_back(world, operation, now) or told) if perhaps_done else told
    except GatewayError as failure:
        return answers.of_failure(failure)
    return holding.of_hold(hold, operation, now)


@calls("deposit.hold.read")
async def read_back(world: World, operation: Operation, now: Standing) -> Result | None:
    """Read what became of a hold without asking for it again; None when PayPal knows of none for this order."""
    assert operation.target_id is not None
    try:
        order = await world.paypal.get_order(operation.target_id)
    except GatewayError as failure:
        return None if is_gone(failure) else answers.of_doubt(failure)
    return holding.of_hold(order.authorization, operation, now) if order.authorization else None


@commits("deposit.hold.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, with all that follows from it in the same transaction."""
    assert operation.hold_id is not None
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        await keep(db, now, operation, result, actor)


async def keep(db: Db, now: Standing, operation: Operation, result: Result, actor: Actor) -> None:
    """Keep what PayPal said of a hold. The caller holds the car's lock."""
    before = await payments.latest(db, operation.id)
    if not await payments.record(db, operation.id, result):
        return
    if result.end is End.SUCCEEDED:
        await _held(db, now, operation, result, actor)
    elif result.end.is_final:
        await not_held(db, now, operation, result, actor)
    elif before is None or (before.end, before.issue) != (result.end, result.issue):
        await holding.note(db, now, operation, before, result, actor)


async def _held(db: Db, now: Standing, operation: Operation, result: Result, actor: Actor) -> None:
    assert operation.hold_id is not None
    assert result.provider_id is not None
    at, until = (datetime.fromisoformat(text) if (text := result.details.get(name)) else None for name in ("created_at", "expires_at"))
    placed = await deposits.placed(db, operation.hold_id, result.provider_id, at or now.now, until)
    if not placed:
        log.critical("a hold came for a deposit that is not asked for", extra={"booking": now.reference, "hold": result.provider_id})
    await bookings.tell(db, now.booking_id, "deposit_held", actor, amount=operation.money.text, currency=operation.currency)
    await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)


async def not_held(db: Db, now: Standing, operation: Operation, result: Result, actor: Actor) -> None:
    """Nothing is held: the renter is asked once more."""
    assert operation.hold_id is not None
    if result.issue == _NOT_YET:
        return
    await deposits.end(db, operation.hold_id, HoldStatus.ASKED, HoldStatus.DECLINED)
    await bookings.tell(db, now.booking_id, "deposit_declined", actor, issue=result.issue)
