"""Taking the rest of a price: that it is being paid is kept first, then PayPal is asked, then its answer decides."""

from typing import Any

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.flows.change import store as changes
from exodrive.flows.checkout import alarm, answers, refunding, standing
from exodrive.flows.checkout import capturing as paying
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.weighing import weigh
from exodrive.flows.instalment.rest import STANDS, locked
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.instalments.model import Instalment
from exodrive.payments.model import End, Kind, Latest, Operation, Result
from exodrive.payments.summary import store as summary

ask = paying.ask
read_back = paying.read_back


@commits("instalment.capture.intend")
async def intend(world: World, booking_id: BookingId, order_id: str, actor: Actor) -> Operation | None:
    """Write the intent to capture the rest while the booking stands and this order is the one that pays it; None otherwise.

    From here on neither the booking's end, nor a change of it, nor staff can make the rest another, until PayPal's answer is known.
    """
    async with world.door.scope() as db:
        now, rest = await locked(db, booking_id)
        if not rest.is_open or rest.is_paying or rest.order_id != order_id or now.status not in STANDS:
            return None
        if await changes.waiting(db, booking_id):
            return None
        await instalments.set_paying(db, rest.id, is_paying=True)
        terms = await standing.terms(db, world.payee, now, order_id)
        about: dict[str, Any] = {"target_id": order_id, "reason": "the rest", "instalment_id": rest.id, "request": terms}
        operation_id = await payments.intend(db, booking_id, Kind.CAPTURE, rest.money, **about)
        await bookings.tell(db, booking_id, "instalment_capture_intended", actor, order=order_id)
        return await payments.operation(db, operation_id)


@commits("instalment.capture.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, with all that follows from it in the same transaction."""
    async with world.door.scope() as db:
        now, rest = await locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        result = await weigh(db, operation, before, result)
        if not await payments.record(db, operation.id, result):
            return
        if result.end is End.SUCCEEDED:
            await confirm(db, now, rest, operation.money, result, actor)
        elif result.end.is_final:
            await _give_back(db, now, rest, operation, result, actor)
        elif before is None or (before.end, before.issue) != (result.end, result.issue):
            await _note(db, now, operation, before, result, actor)


async def confirm(db: Db, now: Standing, rest: Instalment, money: Money, result: Result, actor: Actor) -> None:
    """The money is ours: all of the price is paid; or, should it not have been due any more after all, the money goes back at once."""
    assert result.provider_id is not None
    await summary.added(db, now.booking_id, money.amount)
    told = {"capture": result.provider_id, "amount": money.text, "currency": money.currency}
    if rest.is_open:
        await instalments.paid(db, rest.id, result.provider_id)
        await bookings.tell(db, now.booking_id, "instalment_paid", actor, **told)
        return
    await refunding.promise(db, now, money, "the rest was no longer due", instalment_id=rest.id)
    await bookings.tell(db, now.booking_id, "instalment_paid_too_late", actor, **told)


async def _give_back(db: Db, now: Standing, rest: Instalment, operation: Operation, result: Result, actor: Actor) -> None:
    """Nothing was taken: the rest is due as before, and the renter may try once more."""
    declined = result.end is End.DECLINED
    await bookings.tell(db, now.booking_id, "instalment_declined" if declined else "instalment_failed", actor, issue=result.issue)
    await instalments.set_paying(db, rest.id, is_paying=False)
    if result.issue not in paying.NOT_YET:
        await instalments.forget_order(db, rest.id, operation.target_id)


async def _note(db: Db, now: Standing, operation: Operation, before: Latest | None, result: Result, actor: Actor) -> None:
    """The end is not known: the rest is neither due nor paid until it is, and the intent is settled later."""
    if result.issue == answers.MISMATCH:
        await alarm.mismatch(db, now, actor, result.details, capture=result.provider_id)
        return
    event = "instalment_pending" if result.end is End.PENDING else "instalment_unknown"
    await bookings.tell(db, now.booking_id, event, actor, issue=result.issue)
    if (before is None or before.end is None) and result.end is End.UNKNOWN:
        await outbox.enqueue(db, "payments.settle", operation_id=operation.id)
