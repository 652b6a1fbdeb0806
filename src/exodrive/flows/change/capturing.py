"""Taking the money for a change: what it claims is kept first, then PayPal is asked, then its answer decides."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor, BookingStatus
from exodrive.flows.change import days, force, store
from exodrive.flows.change.checks import closes_at
from exodrive.flows.change.model import Change, ChangeStatus, Sold
from exodrive.flows.checkout import alarm, answers, extras, refunding, standing
from exodrive.flows.checkout import capturing as paying
from exodrive.flows.checkout import store as checkout
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.weighing import weigh
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import commits
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Latest, Operation, Result
from exodrive.payments.summary import store as summary
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.store import rules_in_force

log = logging.getLogger(__name__)

ask = paying.ask
read_back = paying.read_back


@commits("change.capture.intend")
async def intend(world: World, change_id: UUID, order_id: str, actor: Actor) -> Operation | None:
    """Keep what a change claims and write the intent to capture, in one transaction; None when somebody else does, or the change is over.

    A change that can no longer be made is dropped here, and nothing will be captured for it.
    """
    async with world.door.scope() as db:
        now, change = await force.locked(db, change_id)
        if change.status is not ChangeStatus.PENDING or await payments.open_for_change(db, change_id, Kind.CAPTURE):
            return None
        if lost := await gone(db, world, now, change):
            await force.drop(db, change, actor, lost)
            return None
        await store.keep_until(db, change_id, None)
        terms = await standing.terms(db, world.payee, now, order_id)
        about: dict[str, Any] = {"target_id": order_id, "reason": "a change", "change_id": change_id, "request": terms}
        operation_id = await payments.intend(db, now.booking_id, Kind.CAPTURE, change.money, **about)
        await bookings.tell(db, now.booking_id, "change_capture_intended", actor, change=str(change_id), order=order_id)
        return await payments.operation(db, operation_id)


async def gone(db: Db, world: World, now: Standing, change: Change) -> str:
    """Keep what a change claims, or say why it cannot be made any more; then nothing is kept. Within its own time all of it is there."""
    sold = await store.sold_now(db, now.booking_id)
    if sold is None or not _may_be_made(sold, change):
        return "the booking is no longer to be changed"
    if change.is_held(now.now):
        return "" if await days.keep(db, now, change) else "the days went to somebody else"
    if sold.status is BookingStatus.UPCOMING and now.now >= closes_at(min(sold.pickup_at, change.after.pickup_at), world.rules):
        return "the cut-off has passed"
    if now.now >= change.after.return_due_at:
        return "the return has passed"
    if not await _still_left(db, now, change):
        return "an extra went to somebody else"
    return "" if await days.keep(db, now, change) else "the days went to somebody else"


def _may_be_made(sold: Sold, change: Change) -> bool:
    """Whether a booking can still be changed so: any way before it begins, while the car is out to be longer alone."""
    return sold.status is BookingStatus.UPCOMING or (sold.status is BookingStatus.ACTIVE and not sold.is_back and change.is_longer)


async def _still_left(db: Db, now: Standing, change: Change) -> bool:
    wanted = change.after.chosen.extras if change.moves else change.claims
    rules = await rules_in_force(db, change.after.chosen.car_id or now.car_id) if wanted else None
    if rules is None:
        return not wanted
    await checkout.lock_more(db, extras.lock_names(wanted))
    on = change.days or now.days
    few = extras.scarce(*rules, on, wanted)
    try:
        await extras.check_left(db, few, change.after.chosen.extras, on, besides=now.booking_id)
    except NotOffered:
        return False
    return True


@commits("change.capture.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, with all that follows from it in the same transaction.

    Money for days that are not to be had is kept in doubt: it is looked at again, and by a person.
    """
    try:
        await _record(world, operation, result, actor)
    except days.DaysMissing:
        log.critical("a change was captured without its days", extra={"booking": str(operation.booking_id), "capture": result.provider_id})
        await _record(world, operation, msgspec.structs.replace(result, end=End.UNKNOWN, issue=answers.DAYS_MISSING), actor)


async def _record(world: World, operation: Operation, result: Result, actor: Actor) -> None:
    assert operation.change_id is not None
    async with world.door.scope() as db:
        now, change = await force.locked(db, operation.change_id)
        before = await payments.latest(db, operation.id)
        result = await weigh(db, operation, before, result)
        if not await payments.record(db, operation.id, result):
            return
        if result.end is End.SUCCEEDED:
            await confirm(db, now, change, result, actor)
        elif result.end.is_final:
            await _give_back(db, world, now, change, operation, result, actor)
        elif before is None or (before.end, before.issue) != (result.end, result.issue):
            await _note(db, now, operation, before, result, actor)


async def confirm(db: Db, now: Standing, change: Change, result: Result, actor: Actor) -> None:
    """The money is ours: the change is in force, or, should it have come too late after all, the money goes back at once."""
    assert result.provider_id is not None
    await store.paid(db, change.id, result.provider_id)
    await summary.added(db, now.booking_id, change.difference)
    sold = await store.sold_now(db, now.booking_id)
    if sold and _may_be_made(sold, change) and change.status is ChangeStatus.PENDING:
        await force.put_in_force(db, now, change, actor)
        return
    if await store.decide(db, change.id, ChangeStatus.DROPPED, reason="paid too late"):
        await days.free(db, change)
    await refunding.promise(db, now, change.money, "the change came too late", change_id=change.id)
    await bookings.tell(db, now.booking_id, "change_paid_too_late", actor, change=str(change.id), capture=result.provider_id)


async def _give_back(db: Db, world: World, now: Standing, change: Change, operation: Operation, result: Result, actor: Actor) -> None:
    """Nothing was taken: the change waits a little longer, and the renter may try once more."""
    event = "change_payment_declined" if result.end is End.DECLINED else "change_payment_failed"
    await bookings.tell(db, now.booking_id, event, actor, change=str(change.id), issue=result.issue)
    await store.forget_order(db, change.id, operation.target_id or "")
    until = max(change.pay_until or change.created_at + world.rules.hold, now.now + timedelta(minutes=world.rules.retry_minutes))
    await store.keep_until(db, change.id, until)
    await days.keep_until(db, change, until)


async def _note(db: Db, now: Standing, operation: Operation, before: Latest | None, result: Result, actor: Actor) -> None:
    """The end is not known: what is claimed stays kept, and the intent is settled later."""
    if result.issue == answers.MISMATCH:
        await alarm.mismatch(db, now, actor, result.details, capture=result.provider_id)
        return
    if result.issue == answers.DAYS_MISSING:
        await bookings.tell(
            db, now.booking_id, "change_paid_without_days", actor, change=str(operation.change_id), capture=result.provider_id
        )
        return
    event = "change_payment_pending" if result.end is End.PENDING else "change_payment_unknown"
    await bookings.tell(db, now.booking_id, event, actor, change=str(operation.change_id), issue=result.issue)
    if (before is None or before.end is None) and result.end is End.UNKNOWN:
        await outbox.enqueue(db, "payments.settle", operation_id=operation.id)
