"""Taking the money: the days are kept first, then PayPal is asked, then its answer decides. Each step may be the last before a crash."""

import logging
from datetime import timedelta
from typing import Any

import msgspec

from exodrive.availability import store as days
from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor, BookingStatus
from exodrive.clashes import store as clashes
from exodrive.flows.checkout import alarm, answers, extras, standing, together
from exodrive.flows.checkout.ending import clear_dead_holds, end_unpaid
from exodrive.flows.checkout.model import Outcome, Standing
from exodrive.flows.checkout.weighing import weigh
from exodrive.flows.world import World
from exodrive.gateways.errors import Declined, GatewayError, Refused, is_gone
from exodrive.gateways.paypal import Capture, NewClaim, Order
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.model import PAYING, End, Kind, Latest, Operation, PaymentStatus, Result
from exodrive.payments.summary import store as summary

AT_WORK = timedelta(seconds=45)  # whoever wrote an intent is done with it by then, or will never be
REMEMBERED = timedelta(hours=5, minutes=45)  # how long PayPal surely knows a request id: until then the same is asked again, then only read
# The renter may still approve the same order after these; after anything else the next payment opens a new one.
NOT_YET = frozenset({"ORDER_NOT_APPROVED"})

log = logging.getLogger(__name__)


class DaysMissing(Exception):
    """Money came for days that somebody else has: this must never happen, and nothing is booked until a person has looked."""


@commits("capture.intend")
async def intend(world: World, order_id: str, now: Standing, actor: Actor) -> Operation | Outcome:
    """Keep or take back the days and write the intent to capture, in one transaction; or return how the payment stands without one.

    When a day or an extra belongs to somebody else by now the booking ends here, and nothing will be captured.
    """
    async with world.door.scope() as db:
        now = await standing.locked(db, now.booking_id)
        if now.status is not BookingStatus.PENDING or await payments.open_operation(db, now.booking_id, *PAYING):
            return await standing.outcome(db, now)
        await clear_dead_holds(db, now.car_id, spare=now.booking_id)
        if lost := await gone(db, now):
            await end_unpaid(db, [now.booking_id], BookingStatus.EXPIRED, "expired", actor, reason=lost)
            return await standing.outcome(db, await standing.read(db, now.booking_id))
        names = await standing.terms(db, world.payee, now, order_id)
        if "deposit" not in names:
            return await write(db, now, order_id, names, actor)
        return await _hold_first(db, world, now, order_id, names, actor)


async def _hold_first(db: Db, world: World, now: Standing, order_id: str, names: dict[str, Any], actor: Actor) -> Operation | Outcome:
    """Of an order for both the sum is held before the rental is taken out of it; what was tried and not to be had is not tried again."""
    operation = await together.intend(db, now, order_id, names)
    if operation is None:
        await days.restore_hold(db, now.booking_id, (await standing.read(db, now.booking_id)).held_until(world.rules))
        return await standing.outcome(db, now)
    await summary.set_status(db, [now.booking_id], PaymentStatus.PROCESSING)
    await bookings.tell(db, now.booking_id, "deposit_intended", actor, order=order_id)
    return operation


async def write(db: Db, now: Standing, order_id: str, names: dict[str, Any], actor: Actor) -> Operation:
    """Write the intent to capture. The caller holds the car's lock and has kept the days."""
    operation_id = await payments.intend(db, now.booking_id, Kind.CAPTURE, now.money, target_id=order_id, request=names)
    await summary.set_status(db, [now.booking_id], PaymentStatus.PROCESSING)
    await bookings.tell(db, now.booking_id, "capture_intended", actor, order=order_id)
    operation = await payments.operation(db, operation_id)
    assert operation is not None
    return operation


async def gone(db: Db, now: Standing) -> str:
    """Keep or take back the days and extras of a booking; or say which of them somebody else has, and keep nothing.

    Days of a car that has not come back from the rental before are nobody's to sell.
    """
    if await clashes.is_hit(db, now.booking_id):
        return "the car has not come back"
    if not await extras.still_left(db, now):
        return "an extra went to somebody else"
    kept = await days.keep_for_payment(db, now.booking_id, now.car_id, now.days, turnaround_days=now.turnaround_days)
    return "" if kept else "the days went to somebody else"


@calls("capture.ask")
async def ask(world: World, operation: Operation, now: Standing, *, perhaps_done: bool = False) -> Result:
    """Ask PayPal for the money; the same intent always asks for the very same thing.

    Was it ``perhaps_done`` by an earlier call, then a no is believed only when the order itself shows that nothing was taken.
    """
    try:
        capture = await _take(world, operation)
    except (Declined, Refused) as no:
        told = answers.of_failure(no)
        return (await read_back(world, operation, now) or told) if perhaps_done else told
    except GatewayError as failure:
        return answers.of_failure(failure)
    return answers.of_capture(capture, operation, now)


async def _take(world: World, operation: Operation) -> Capture:
    """Take the money by the order, or out of the hold that it was approved with; the rest of that stays held."""
    assert operation.target_id is not None
    if operation.authorization is None:
        return await world.paypal.capture_order(operation.target_id, request_id=operation.request_id)
    part = NewClaim(amount=operation.money, invoice_id=operation.request["invoice_id"], final=False)
    return await world.paypal.claim(operation.authorization, part, request_id=operation.request_id)


@calls("capture.read")
async def read_back(world: World, operation: Operation, now: Standing) -> Result | None:
    """Read what became of a capture without asking for it again; None when PayPal knows of none for this order."""
    assert operation.target_id is not None
    try:
        order = await world.paypal.get_order(operation.target_id)
    except GatewayError as failure:
        return None if is_gone(failure) else answers.of_doubt(failure)
    found = order.capture if operation.authorization is None else _ours(order, operation)
    return answers.of_capture(found, operation, now) if found else None


def _ours(order: Order, operation: Operation) -> Capture | None:
    """Return the rental's part: what was taken out of the same hold later is a claim."""
    return next((capture for capture in order.captures if capture.invoice_id == operation.request["invoice_id"]), None)


@commits("capture.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> Outcome:
    """Keep PayPal's answer, unless another was first, with all that follows from it in the same transaction.

    Money for days that are not to be had is kept in doubt: it is looked at again, and by a person.
    """
    try:
        return await _record(world, operation, result, actor)
    except DaysMissing:
        return await _record(world, operation, msgspec.structs.replace(result, end=End.UNKNOWN, issue=answers.DAYS_MISSING), actor)


async def _record(world: World, operation: Operation, result: Result, actor: Actor) -> Outcome:
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        result = await weigh(db, operation, before, result)
        if await payments.record(db, operation.id, result):
            await _follow(db, world, now, operation, before, result, actor)
            now = await standing.read(db, now.booking_id)
        return await standing.outcome(db, now)


async def _follow(db: Db, world: World, now: Standing, operation: Operation, before: Latest | None, result: Result, actor: Actor) -> None:
    if result.end is End.SUCCEEDED:
        await confirm(db, now, result, actor)
    elif result.end.is_final:
        await give_back(db, world, now, operation, result, actor)
    elif before is None or (before.end, before.issue) != (result.end, result.issue):
        await wait(db, now, operation, result, actor, first=before is None or before.end is None)


async def confirm(db: Db, now: Standing, result: Result, actor: Actor) -> None:
    """The money is ours, and so the car is theirs: a day that was lost and is free is taken back. Raises DaysMissing."""
    if now.held_days != len(now.days):
        await days.keep_for_payment(db, now.booking_id, now.car_id, now.days, turnaround_days=now.turnaround_days)
        now = await standing.read(db, now.booking_id)
    booked = await days.book(db, now.booking_id)
    moved = await bookings.move(
        db, [now.booking_id], BookingStatus.PENDING, BookingStatus.UPCOMING, "paid", actor, details={"capture": result.provider_id}
    )
    if not moved or now.held_days != len(now.days) or booked < now.held_days:
        log.critical("captured without the days", extra={"booking": now.reference, "capture": result.provider_id, "days": booked})
        raise DaysMissing(now.reference)
    assert result.provider_id is not None
    assert result.money is not None
    await summary.captured(db, now.booking_id, result.provider_id, result.money.amount)
    if now.later:
        await instalments.begin(db, now.booking_id)
    await _promise_letters(db, now.booking_id)


async def _promise_letters(db: Db, booking_id: BookingId) -> None:
    """The renter hears that the car is theirs; or that they have our answer soon, and staff that they are waited for."""
    if not await bookings.waits(db, booking_id):
        await outbox.enqueue(db, "mail.confirmation", booking_id=booking_id)
        return
    await outbox.enqueue(db, "mail.awaits_answer", booking_id=booking_id)
    await outbox.enqueue(db, "mail.to_answer", booking_id=booking_id)


async def give_back(db: Db, world: World, now: Standing, operation: Operation, result: Result, actor: Actor) -> None:
    """Nothing was taken: the days run out again, with what is left of their time, and the renter may try once more."""
    declined = result.end is End.DECLINED
    await bookings.tell(db, now.booking_id, "payment_declined" if declined else "payment_failed", actor, issue=result.issue)
    if result.issue not in NOT_YET:
        await summary.forget_order(db, now.booking_id, operation.target_id or "")
    await summary.set_status(db, [now.booking_id], PaymentStatus.FAILED if declined else PaymentStatus.PENDING)
    if operation.authorization:
        await together.let_go(db, operation)
    after = await standing.read(db, now.booking_id)
    await days.restore_hold(db, now.booking_id, after.held_until(world.rules))


async def wait(db: Db, now: Standing, operation: Operation, result: Result, actor: Actor, *, first: bool) -> None:
    """The end is not known: the days stay kept, and the intent is settled later."""
    if result.issue == answers.MISMATCH:
        await alarm.mismatch(db, now, actor, result.details, capture=result.provider_id)
        return
    if result.issue == answers.DAYS_MISSING:
        await bookings.tell(db, now.booking_id, "paid_without_days", actor, capture=result.provider_id)
        return
    event = "payment_pending" if result.end is End.PENDING else "payment_unknown"
    await bookings.tell(db, now.booking_id, event, actor, issue=result.issue)
    if first and result.end is End.UNKNOWN:
        await outbox.enqueue(db, "payments.settle", operation_id=operation.id)
