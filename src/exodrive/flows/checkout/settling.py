"""The one way an open intent is brought to its end: after a crash, a lost answer, a pending payment, or PayPal's silence."""

from datetime import timedelta

from exodrive.bookings.model import SYSTEM, Actor
from exodrive.bookings.states import BookingStatus
from exodrive.flows.again import again
from exodrive.flows.change import settling as changing
from exodrive.flows.checkout import answers, authorising, capturing, opening, paying, refunding, standing
from exodrive.flows.checkout.capturing import AT_WORK, REMEMBERED
from exodrive.flows.checkout.model import Standing
from exodrive.flows.claiming import repaying
from exodrive.flows.deposit import settling as holding
from exodrive.flows.each import each
from exodrive.flows.instalment import settling as later
from exodrive.flows.world import World
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import OperationId
from exodrive.payments import store as payments
from exodrive.payments.model import PAYING, End, Kind, Latest, Operation, Result

PAYMENTS_REMEMBERED = timedelta(days=44)  # as `capturing.REMEMBERED`, for refunds and what is taken out of a hold
SLOWEST = timedelta(hours=1)
AT_ONCE = 50


@commits("settle.look")
async def settle(world: World, operation_id: OperationId, *, actor: Actor = SYSTEM, only_read: bool = False) -> None:
    """Bring an intent on: ask PayPal again with the same request id, or read back what became of it, and record the answer.

    Safe to run any number of times and beside itself: an intent has one end. With ``only_read`` nothing is asked for, as long as whoever
    wrote the intent may still be at it.
    """
    async with world.door.scope() as db:
        operation = await payments.operation(db, operation_id)
        latest = await payments.latest(db, operation_id)
        if operation is None or latest is None or not latest.is_open:
            return
        now = await standing.read(db, operation.booking_id)
    only_read = only_read and now.now - operation.created_at < AT_WORK
    if operation.is_joint_hold:
        await authorising.settle(world, operation, now, actor, only_read=only_read)
    elif operation.kind is Kind.REPAY:
        await _settle_refund(world, operation, now, latest, actor)
    elif operation.hold_id:
        await holding.settle(world, operation, now, actor, only_read=only_read)
    elif operation.change_id and operation.kind is not Kind.REFUND:
        await changing.settle(world, operation, now, actor, only_read=only_read)
    elif operation.instalment_id and operation.kind is not Kind.REFUND:
        await later.settle(world, operation, now, actor, only_read=only_read)
    elif operation.kind is Kind.CREATE_ORDER:
        await _settle_order(world, operation, now)
    elif operation.kind is Kind.CAPTURE:
        await _settle_capture(world, operation, now, actor, only_read=only_read)
    else:
        await _settle_refund(world, operation, now, latest, actor)


async def resume(world: World, now: Standing) -> None:
    """Settle the payment of a booking whose maker must have died by now."""
    async with world.door.scope() as db:
        operation = await payments.open_operation(db, now.booking_id, *PAYING)
    if operation and now.now - operation.created_at > AT_WORK:
        await settle(world, operation.id)


@commits("settle.due")
async def settle_open(world: World) -> int:
    """Settle every intent that is due for another look; return how many were looked at.

    One that fails does not stop the others, nor come before them the next time: each look is written down, and looks grow rare.
    """
    async with world.door.scope() as db:
        due = await payments.unsettled(db, AT_WORK, SLOWEST, AT_ONCE)
    await each(world, due, lambda operation_id: _settle_or_put_off(world, operation_id), "an intent could not be settled")
    return len(due)


async def _settle_or_put_off(world: World, operation_id: OperationId) -> None:
    try:
        await settle(world, operation_id)
    except Exception:
        await _put_off(world, operation_id)
        raise


async def _put_off(world: World, operation_id: OperationId) -> None:
    """Write down that a look came to nothing, so that the next one is due later."""
    async with world.door.scope() as db:
        operation = await payments.operation(db, operation_id)
        assert operation is not None, "an intent is never deleted"
        await standing.locked(db, operation.booking_id)
        latest = await payments.latest(db, operation_id)
        seen = latest.provider_id if latest else None
        await payments.record(db, operation_id, Result(end=End.UNKNOWN, provider_id=seen, issue=answers.TROUBLE))


async def _settle_order(world: World, operation: Operation, now: Standing) -> None:
    """Open the order after all if somebody may still pay by it; an order that nobody was shown lapses by itself."""
    wanted = now.status is BookingStatus.PENDING and now.now - operation.created_at < REMEMBERED
    result = await opening.ask(world, operation, now) if wanted else Result(end=End.FAILED, issue="NOT_NEEDED")
    await again(lambda: opening.record(world, operation, result))


async def _settle_capture(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool) -> None:
    remembered = now.now - operation.created_at < (PAYMENTS_REMEMBERED if operation.authorization else REMEMBERED)
    if found := await paying.find_out(world, operation, now, remembered=remembered, only_read=only_read):
        await again(lambda: capturing.record(world, operation, found, actor))


async def _settle_refund(world: World, operation: Operation, now: Standing, latest: Latest, actor: Actor) -> None:
    remembered = now.now - operation.created_at < PAYMENTS_REMEMBERED
    if remembered and latest.provider_id is None:
        result: Result | None = await refunding.ask(world, operation, now)
    else:
        result = await refunding.read_back(world, operation, now, latest.provider_id)
    done = result or Result(end=End.FAILED, issue="NEVER_REFUNDED")
    record = repaying.record if operation.kind is Kind.REPAY else refunding.record
    await again(lambda: record(world, operation, done, actor))
