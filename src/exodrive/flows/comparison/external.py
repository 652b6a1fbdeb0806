"""Booking what was done at PayPal's own site: the summary, the paper and the history follow as if we had asked for it ourselves."""

import logging

import asyncpg

from exodrive.bookings import store as bookings
from exodrive.bookings.model import PAYPAL, Actor, BookingStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.claims import store as claims
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets import store as wallets
from exodrive.flows.again import again
from exodrive.flows.change import capturing as changing
from exodrive.flows.change import force
from exodrive.flows.change import store as changes
from exodrive.flows.change.model import Change, ChangeStatus
from exodrive.flows.checkout import capturing, refunding, standing
from exodrive.flows.checkout.ending import clear_dead_holds, end_unpaid
from exodrive.flows.checkout.model import Standing
from exodrive.flows.claiming import store as claimed
from exodrive.flows.comparison import store
from exodrive.flows.comparison.model import WentBack
from exodrive.flows.deposit.store import last_for_hold
from exodrive.flows.instalment import capturing as later
from exodrive.flows.world import World
from exodrive.gateways.paypal import Authorization, Capture, CaptureStatus, Refund
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.instalments.model import Instalment
from exodrive.payments.model import PAYING, End, Kind, Operation, Result
from exodrive.payments.summary import store as summary

log = logging.getLogger(__name__)

_WHY = "done at PayPal's own site"
_REFUNDED = "refunded_elsewhere"


class TooMuch(Exception):
    """More went back than our book allows: a refund of our own is promised of the same money."""


async def book_refund(world: World, booking_id: BookingId, refund: Refund, *, event: str = _REFUNDED, why: str = _WHY) -> bool:
    """Book money that went back without our asking; True when it is booked now, False when it is ours, or of money that is not booked.

    The booking's history is told of the ``event``, the book ``why``. Raises TooMuch.
    """
    try:
        return await again(lambda: _book_refund(world, booking_id, refund, event, why))
    except asyncpg.CheckViolationError as refused:
        raise TooMuch from refused


async def book_reversal(world: World, booking_id: BookingId, reversal: Refund) -> bool:
    """Book what PayPal or the payer's bank took back, which looks like a refund; True when it is booked now. Raises TooMuch."""
    return await book_refund(world, booking_id, reversal, event="charged_back", why="the payer, their bank or PayPal took the payment back")


async def _book_refund(world: World, booking_id: BookingId, refund: Refund, event: str, why: str) -> bool:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        told = await _write_refund(db, now, refund, event, why)
    if told:
        log.critical("money went back that nobody here gave back", extra={"booking": now.reference, **told})
    return bool(told)


async def _write_refund(db: Db, now: Standing, refund: Refund, event: str, why: str) -> dict[str, str]:
    """Return what the history is told; nothing when it is ours, or of money that is not booked."""
    claim_id, hold_id = await claimed.claim_taken_by(db, refund.capture_id) or (None, None)
    is_payment = claim_id is not None or await store.is_payment(db, refund.capture_id)
    if not is_payment or await _is_ours(db, now, refund) or await store.is_booked(db, refund.id):
        return {}
    kind = Kind.REPAY if claim_id else Kind.REFUND
    operation_id = await store.write(db, now.booking_id, kind, refund.amount, target_id=refund.capture_id, reason=why, hold_id=hold_id)
    done = Result(end=End.SUCCEEDED, provider_id=refund.id, provider_status=refund.status, money=refund.amount)
    await payments.record(db, operation_id, done)
    if claim_id:
        await claims.repay(db, claim_id, refund.amount.amount)
        await outbox.enqueue(db, "mail.claim_repaid", operation_id=operation_id)
    else:
        await summary.refunded(db, now.booking_id, refund.amount.amount)
    told = {"refund": refund.id, "amount": refund.amount.text, "currency": refund.amount.currency}
    await bookings.tell(db, now.booking_id, event, PAYPAL, **told)
    return told


async def _is_ours(db: Db, now: Standing, refund: Refund) -> bool:
    """Whether it bears the number of a refund of our own that is not settled: it is left to be settled."""
    refunds, repayments = [await store.open_refunds(db, now.booking_id, kind) for kind in (Kind.REFUND, Kind.REPAY)]
    ours = {f"{now.reference}-R{attempt}" for attempt in refunds} | {f"{now.reference}-B{attempt}" for attempt in repayments}
    return refund.invoice_id in ours


async def book_release(world: World, booking_id: BookingId, authorization: Authorization) -> bool:
    """Book a hold that was given back without our asking; True when it is booked now, False when our own giving back is under way.

    What must follow (asking anew, an alarm while the car is out) is the planner's, which looks every few minutes.
    """
    return await again(lambda: _book_release(world, booking_id, authorization))


async def _book_release(world: World, booking_id: BookingId, authorization: Authorization) -> bool:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        hold = await deposits.of_authorization(db, authorization.id)
        if hold is None or hold.status is not HoldStatus.HELD or hold.parent_id is None:
            return False
        last = await last_for_hold(db, hold.id, Kind.RELEASE)
        if last and last[1].is_open:
            return False
        operation_id = await store.write(db, booking_id, Kind.RELEASE, hold.money, target_id=hold.parent_id, reason=_WHY, hold_id=hold.id)
        done = Result(end=End.SUCCEEDED, provider_id=authorization.id, provider_status=authorization.status, money=hold.money)
        await payments.record(db, operation_id, done)
        await deposits.end(db, hold.id, HoldStatus.HELD, HoldStatus.RELEASED)
        told = {"hold": authorization.id, "amount": hold.money.text, "currency": hold.currency}
        await bookings.tell(db, booking_id, "deposit_released_elsewhere", PAYPAL, **told)
    log.critical("a deposit was given back that nobody here gave back", extra={"booking": now.reference, **told})
    return True


async def book_capture(world: World, booking_id: BookingId, capture: Capture, back: WentBack) -> int:
    """Book money that came without our asking; return how much is booked now, nothing when it is ours after all, or must wait for ours.

    It pays for what its order was opened for while that can still be had: the days are kept first, as always. Else what PayPal has given
    ``back`` of it is booked, and what is left promised back, in the same breath: money is never taken without a car.
    """
    return await again(lambda: _book_capture(world, booking_id, capture, back))


async def _book_capture(world: World, booking_id: BookingId, capture: Capture, back: WentBack) -> int:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        change = await changes.of_order(db, capture.order_id)
        rest = None if change else await instalments.of_order(db, capture.order_id)
        if await _is_at_work(db, now, change, rest) or await store.is_booked(db, capture.id):
            return 0
        operation_id = await store.write(
            db,
            booking_id,
            Kind.CAPTURE,
            capture.amount,
            target_id=capture.order_id,
            reason=_WHY,
            change_id=change.id if change else None,
            instalment_id=rest.id if rest else None,
        )
        done = Result(end=End.SUCCEEDED, provider_id=capture.id, provider_status=capture.status, money=capture.amount)
        await payments.record(db, operation_id, done)
        told = {"capture": capture.id, "amount": capture.amount.text, "currency": capture.amount.currency}
        await bookings.tell(db, booking_id, "captured_elsewhere", PAYPAL, **told)
        booked = 1
        is_left = capture.status is not CaptureStatus.REFUNDED  # a part that went back meanwhile is booked by itself
        if not (is_left and await _pays_for_something(db, world, now, change or rest, done)):
            booked += await _came_besides(db, now, capture, back)
    log.critical("money came that nobody here took", extra={"booking": now.reference, **told})
    return booked


async def _is_at_work(db: Db, now: Standing, change: Change | None, rest: Instalment | None) -> bool:
    """Whether a capture of our own for the same thing is not settled: it may be this very one."""
    if change:
        return await payments.open_for_change(db, change.id, Kind.CAPTURE) is not None
    if rest:
        return rest.is_paying
    kinds = PAYING if now.status is BookingStatus.PENDING else (Kind.CAPTURE,)
    return await payments.open_operation(db, now.booking_id, *kinds) is not None


async def _pays_for_something(db: Db, world: World, now: Standing, what: Change | Instalment | None, done: Result) -> bool:
    """Let the money do what its order was opened for; False when that can no longer be had."""
    if isinstance(what, Change):
        return await _pays_for_change(db, world, now, what, done)
    if what:
        return await _pays_for_rest(db, now, what, done)
    if now.status is not BookingStatus.PENDING:
        return False
    await clear_dead_holds(db, now.car_id, spare=now.booking_id)
    if lost := await capturing.gone(db, now):
        await end_unpaid(db, [now.booking_id], BookingStatus.EXPIRED, "expired", PAYPAL, reason=lost)
        return False
    await capturing.confirm(db, await standing.read(db, now.booking_id), done, PAYPAL)
    return True


async def _pays_for_change(db: Db, world: World, now: Standing, change: Change, done: Result) -> bool:
    if change.status is not ChangeStatus.PENDING:
        return False
    if lost := await changing.gone(db, world, now, change):
        await force.drop(db, change, PAYPAL, lost)
        return False
    await changing.confirm(db, now, change, done, PAYPAL)
    return True


async def _pays_for_rest(db: Db, now: Standing, rest: Instalment, done: Result) -> bool:
    """Money for the rest pays it while it is due in that very sum, and no change of the booking waits that would make it another."""
    if not rest.is_open or done.money != rest.money or await changes.waiting(db, now.booking_id):
        return False
    await later.confirm(db, now, rest, rest.money, done, PAYPAL)
    return True


async def _came_besides(db: Db, now: Standing, capture: Capture, back: WentBack) -> int:
    """Return how many refunds were booked with it."""
    await store.came_besides(db, now.booking_id, capture.id, capture.amount.amount)
    await wallets.expect(db, now.booking_id)  # one is kept with a payment, whoever took it, and must not stay
    booked = [await _write_refund(db, now, refund, _REFUNDED, _WHY) for refund in back.refunds]
    left = Money(capture.amount.amount - back.amount, capture.amount.currency)
    if left.amount > 0:
        await refunding.promise(db, now, left, "it was paid for what is over")
    return sum(map(bool, booked))


@commits("decide.give_back")
async def give_back(world: World, operation: Operation, capture: Capture, back: WentBack, actor: Actor, reason: str) -> None:
    """End an intent whose money is not what was asked for: what it was for ends, and what is left of the money is promised back.

    What PayPal has given ``back`` of it is booked with it.
    """
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        if not await payments.record(db, operation.id, Result(end=End.FAILED, issue="GIVEN_BACK", details={"capture": capture.id})):
            return
        await _end(db, now, operation, actor, reason)
        about = {"change_id": operation.change_id, "instalment_id": operation.instalment_id}
        taken = await store.write(db, now.booking_id, Kind.CAPTURE, capture.amount, target_id=capture.order_id, reason=reason, **about)
        done = Result(end=End.SUCCEEDED, provider_id=capture.id, provider_status=capture.status, money=capture.amount)
        await payments.record(db, taken, done)
        await _came_besides(db, now, capture, back)


async def _end(db: Db, now: Standing, operation: Operation, actor: Actor, reason: str) -> None:
    change = await changes.find(db, operation.change_id) if operation.change_id else None
    if change:
        await force.drop(db, change, actor, reason)
    elif operation.instalment_id:
        await instalments.set_paying(db, operation.instalment_id, is_paying=False)
        await instalments.forget_order(db, operation.instalment_id, operation.target_id)
    elif await end_unpaid(db, [now.booking_id], BookingStatus.CANCELLED, "cancelled", actor, reason=reason):
        await outbox.enqueue(db, "mail.ended", booking_id=now.booking_id)
