"""The payment of a held booking: one order at PayPal, captured once, and never without the days."""

import msgspec

from exodrive.bookings.model import CUSTOMER, Actor, BookingStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import alarm, authorising, capturing, opening, paying, settling, standing, store
from exodrive.flows.checkout.errors import HoldOver
from exodrive.flows.checkout.model import Expected, Outcome, Standing, Step
from exodrive.flows.checkout.nearest import Ranges, nearest_to
from exodrive.flows.world import World
from exodrive.kit.db import Db
from exodrive.kit.errors import NotFound
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.payments.model import Operation
from exodrive.payments.summary import store as summary


class UnknownOrder(NotFound):
    """No booking is paid by this order."""

    code = "unknown-order"

    def __init__(self) -> None:
        super().__init__(_("We do not know this payment."))


async def begin(world: World, booking_id: BookingId) -> str:
    """Return the address at PayPal where the renter approves the payment; asked again, the same address.

    Raises HoldOver with ``extra`` free (nearest ranges) when the days are no longer held, AlreadyPaid, PaymentUnderWay, NoBooking, and
    Unavailable when PayPal does not answer: the same booking may be paid a moment later.
    """
    try:
        return await _open(world, booking_id)
    except HoldOver as over:
        over.extra["free"] = await _nearest(world, booking_id)
        raise


async def _open(world: World, booking_id: BookingId) -> str:
    """Where PayPal refuses an order for rental and deposit together, or with a wallet to be kept, the rental is paid for alone."""
    intent = await again(lambda: opening.intend(world, booking_id))
    if isinstance(intent, str):
        return intent
    operation, now = intent
    result = await opening.ask(world, operation, now)
    address = await again(lambda: opening.record(world, operation, result))
    if address is None and (opening.does_without(result) or ("deposit" in operation.request and result.end.is_final)):
        return await _open(world, booking_id)
    if address is None:
        raise opening.PayPalAway
    return address


async def _nearest(world: World, booking_id: BookingId) -> Ranges:
    async with world.door.scope() as db:
        now = await standing.read(db, booking_id)
    return await nearest_to(world, now)


async def look(world: World, order_id: str) -> Outcome:
    """Return how the payment by an order stands, asking nobody else: for who cancelled at PayPal. Raises UnknownOrder."""
    async with world.door.scope() as db:
        return await standing.outcome(db, await _by_order(db, order_id))


@commits("capture.look")
async def capture(world: World, order_id: str, *, actor: Actor = CUSTOMER, patience: float = standing.PATIENCE) -> Outcome:
    """Take the money of an approved order, on return or on webhook, whichever is first; safe to call any number of times.

    Waits up to ``patience`` seconds for a capture that another caller is making. Raises UnknownOrder for an order that is not ours.
    """
    async with world.door.scope() as db:
        now = await _by_order(db, order_id)
        told, ours = await standing.outcome(db, now), await standing.expected(db, world.payee, now, order_id)
    if now.status is not BookingStatus.PENDING or now.order_id != order_id or (told.step is Step.DECLINED and now.approve_url is None):
        return told  # an order that was declined, or that another took the place of, is never asked for again
    if told.step is Step.CHECKING:
        await settling.resume(world, now)
        return await standing.wait(lambda: look(world, order_id), patience)
    approved = await _is_approved(world, order_id, now, ours, actor)
    if not approved:
        return await _unapproved(world, order_id, is_known=approved is not None)
    intent = await again(lambda: capturing.intend(world, order_id, now, actor))
    if isinstance(intent, Operation):
        return await authorising.go_on(world, intent, now, actor)
    return await standing.wait(lambda: look(world, order_id), patience)


async def _unapproved(world: World, order_id: str, *, is_known: bool) -> Outcome:
    """Read our own book once more, as somebody else may have captured while we asked; what nobody told us is not "not paid"."""
    outcome = await look(world, order_id)
    if is_known or outcome.step is not Step.NOT_PAID:
        return outcome
    return msgspec.structs.replace(outcome, step=Step.CHECKING)


async def _by_order(db: Db, order_id: str) -> Standing:
    booking_id = await store.booking_of_order(db, order_id)
    if booking_id is None:
        raise UnknownOrder
    return await standing.read(db, booking_id)


@calls("capture.see")
async def _is_approved(world: World, order_id: str, now: Standing, ours: Expected, actor: Actor) -> bool | None:
    """Ask PayPal whether the payer approved what we asked for; None when we are not let in to see."""
    return await paying.is_approved(world, order_id, ours, lambda wrong: again(lambda: _drop(world, now, order_id, actor, wrong)))


@commits("capture.drop")
async def _drop(world: World, now: Standing, order_id: str, actor: Actor, wrong: dict[str, str]) -> None:
    """Forget an order that ended at PayPal, or is not what we opened: nothing is captured, the next payment opens a new one."""
    async with world.door.scope() as db:
        await standing.locked(db, now.booking_id)
        await summary.forget_order(db, now.booking_id, order_id)
        if wrong:
            await alarm.mismatch(db, now, actor, wrong, order=order_id)
