"""The payment of a change that costs more: an order of its own at PayPal, captured only while the change can still be made."""

from uuid import UUID

import msgspec

from exodrive.bookings.model import CUSTOMER, SYSTEM, Actor
from exodrive.flows.again import again
from exodrive.flows.change import capturing, force, opening, settling, store
from exodrive.flows.change.errors import UnknownChange
from exodrive.flows.change.model import Change, ChangeStatus
from exodrive.flows.checkout import alarm, paying, standing
from exodrive.flows.checkout.model import Expected, Outcome, Step
from exodrive.flows.checkout.opening import PayPalAway, ask
from exodrive.flows.world import World
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.payments import store as payments
from exodrive.payments.model import Kind


async def begin(world: World, change_id: UUID) -> str:
    """Return the address at PayPal where the renter approves the payment of a change; asked again, the same address.

    Raises ChangeOver, PaymentUnderWay, and Unavailable when PayPal does not answer.
    """
    intent = await again(lambda: opening.intend(world, change_id))
    if isinstance(intent, str):
        return intent
    operation, now = intent
    result = await ask(world, operation, now)
    address = await again(lambda: opening.record(world, operation, result))
    if address is None:
        raise PayPalAway
    return address


async def begin_waiting(world: World, booking_id: BookingId) -> str:
    """Return the same for the change of a booking that waits for its payment. Raises UnknownChange when none does."""
    async with world.door.scope() as db:
        waiting = await store.waiting(db, booking_id)
    if waiting is None:
        raise UnknownChange
    return await begin(world, waiting.id)


async def look(world: World, order_id: str) -> Outcome:
    """Return how the payment of a change by an order stands, asking nobody else. Raises UnknownChange."""
    async with world.door.scope() as db:
        change = await _by_order(db, order_id)
        now = await standing.read(db, change.booking_id)
        return Outcome(await _step(db, change), now.booking_id, now.reference)


async def _by_order(db: Db, order_id: str) -> Change:
    change = await store.of_order(db, order_id)
    if change is None:
        raise UnknownChange
    return change


async def _step(db: Db, change: Change) -> Step:
    """The ledger is asked after the change: a capture recorded in between has put it into force meanwhile."""
    if change.status is ChangeStatus.APPLIED:
        return Step.PAID
    if change.status is ChangeStatus.DROPPED:
        return Step.GONE
    last = await payments.last_for_change(db, change.id, Kind.CAPTURE)
    return standing.step_of(last)


@commits("change.look")
async def capture(world: World, order_id: str, *, actor: Actor = CUSTOMER, patience: float = standing.PATIENCE) -> Outcome:
    """Take the money for a change and put it into force, on return or on webhook; safe to call any number of times.

    Raises UnknownChange for an order that pays for none.
    """
    told = await look(world, order_id)
    async with world.door.scope() as db:
        change = await _by_order(db, order_id)
        now = await standing.read(db, change.booking_id)
        ours = await standing.expected(db, world.payee, now, order_id, change.money)
    if told.step in (Step.PAID, Step.GONE) or change.order_id != order_id or (told.step is Step.DECLINED and change.approve_url is None):
        return told
    if told.step is Step.CHECKING:
        await settling.resume(world, change.id, now)
        return await standing.wait(lambda: look(world, order_id), patience)
    approved = await _is_approved(world, order_id, ours, change)
    if not approved:
        told = await look(world, order_id)
        unknown = approved is None and told.step is Step.NOT_PAID
        return msgspec.structs.replace(told, step=Step.CHECKING) if unknown else told
    operation = await again(lambda: capturing.intend(world, change.id, order_id, actor))
    if operation:
        result = await capturing.ask(world, operation, now)
        await again(lambda: capturing.record(world, operation, result, actor))
        return await look(world, order_id)
    return await standing.wait(lambda: look(world, order_id), patience)


@calls("change.see")
async def _is_approved(world: World, order_id: str, ours: Expected, change: Change) -> bool | None:
    """Ask PayPal whether the payer approved what we asked for; None when we are not let in to see."""
    return await paying.is_approved(world, order_id, ours, lambda wrong: again(lambda: _forget(world, change.id, order_id, wrong)))


@commits("change.forget")
async def _forget(world: World, change_id: UUID, order_id: str, wrong: dict[str, str]) -> None:
    """Forget an order that ended at PayPal, or is not what we opened: nothing is captured, the next payment opens a new one."""
    async with world.door.scope() as db:
        now, _change = await force.locked(db, change_id)
        await store.forget_order(db, change_id, order_id)
        if wrong:
            await alarm.mismatch(db, now, SYSTEM, wrong, order=order_id)
