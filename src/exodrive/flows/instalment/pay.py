"""The payment of the rest of a price: an order of its own at PayPal, captured once, and only while the booking stands."""

import msgspec

from exodrive.bookings.model import CUSTOMER, SYSTEM, Actor
from exodrive.flows.again import again
from exodrive.flows.checkout import alarm, paying, standing
from exodrive.flows.checkout.model import Expected, Outcome, Step
from exodrive.flows.checkout.opening import PayPalAway, ask
from exodrive.flows.instalment import capturing, opening, settling
from exodrive.flows.instalment.errors import UnknownRest
from exodrive.flows.instalment.rest import locked
from exodrive.flows.world import World
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.instalments.model import Instalment, InstalmentStatus
from exodrive.payments.model import Kind


async def begin(world: World, booking_id: BookingId) -> str:
    """Return the address at PayPal where the renter approves the rest of a booking's price; asked again soon, the same address.

    Raises NoBooking, NoRest, PaymentUnderWay, ChangeFirst, and Unavailable when PayPal does not answer.
    """
    intent = await again(lambda: opening.intend(world, booking_id))
    if isinstance(intent, str):
        return intent
    operation, now = intent
    result = await ask(world, operation, now)
    address = await again(lambda: opening.record(world, operation, result))
    if address is None:
        raise PayPalAway
    return address


async def look(world: World, order_id: str) -> Outcome:
    """Return how the payment of a rest by an order stands, asking nobody else. Raises UnknownRest."""
    async with world.door.scope() as db:
        rest = await _by_order(db, order_id)
        now = await standing.read(db, rest.booking_id)
        return Outcome(await _step(db, rest), now.booking_id, now.reference)


async def _by_order(db: Db, order_id: str) -> Instalment:
    rest = await instalments.of_order(db, order_id)
    if rest is None:
        raise UnknownRest
    return rest


async def _step(db: Db, rest: Instalment) -> Step:
    """The ledger is asked after the rest: a capture recorded in between has settled it meanwhile."""
    if not rest.is_open:
        return Step.PAID if rest.status is InstalmentStatus.PAID else Step.GONE
    last = await payments.last_for_instalment(db, rest.id, Kind.CAPTURE)
    return standing.step_of(last)


@commits("instalment.look")
async def capture(world: World, order_id: str, *, actor: Actor = CUSTOMER, patience: float = standing.PATIENCE) -> Outcome:
    """Take the rest of a price, on return or on webhook, whichever is first; safe to call any number of times.

    Raises UnknownRest for an order that pays for none.
    """
    told = await look(world, order_id)
    async with world.door.scope() as db:
        rest = await _by_order(db, order_id)
        now = await standing.read(db, rest.booking_id)
        ours = await standing.expected(db, world.payee, now, order_id, rest.money)
    if not rest.is_open or rest.order_id != order_id:
        return told  # an order that was declined, or that another took the place of, is never asked for again
    if told.step is Step.CHECKING:
        await settling.resume(world, rest, now)
        return await standing.wait(lambda: look(world, order_id), patience)
    approved = await _is_approved(world, order_id, ours, rest)
    if not approved:
        told = await look(world, order_id)
        unknown = approved is None and told.step is Step.NOT_PAID
        return msgspec.structs.replace(told, step=Step.CHECKING) if unknown else told
    operation = await again(lambda: capturing.intend(world, rest.booking_id, order_id, actor))
    if operation:
        result = await capturing.ask(world, operation, now)
        await again(lambda: capturing.record(world, operation, result, actor))
        return await look(world, order_id)
    return await standing.wait(lambda: look(world, order_id), patience)


@calls("instalment.see")
async def _is_approved(world: World, order_id: str, ours: Expected, rest: Instalment) -> bool | None:
    """Ask PayPal whether the payer approved what we asked for; None when we are not let in to see."""
    return await paying.is_approved(world, order_id, ours, lambda wrong: again(lambda: _forget(world, rest.booking_id, order_id, wrong)))


@commits("instalment.forget")
async def _forget(world: World, booking_id: BookingId, order_id: str, wrong: dict[str, str]) -> None:
    """Forget an order that ended at PayPal, or is not what we opened: nothing is captured, the next payment opens a new one."""
    async with world.door.scope() as db:
        now, rest = await locked(db, booking_id)
        await instalments.forget_order(db, rest.id, order_id)
        if wrong:
            await alarm.mismatch(db, now, SYSTEM, wrong, order=order_id)
