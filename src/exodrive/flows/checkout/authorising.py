"""Holding rental and deposit together: the days are kept already, then PayPal is asked, and the rental is taken out of what it holds.

The days stay kept until that has ended too: the intent to take follows in the transaction that writes down the hold.
"""

from datetime import datetime

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor, BookingStatus
from exodrive.deposits import store as deposits
from exodrive.flows.again import again
from exodrive.flows.checkout import capturing, standing, together
from exodrive.flows.checkout.ending import end_unpaid
from exodrive.flows.checkout.model import Outcome, Standing
from exodrive.flows.deposit import placing
from exodrive.flows.world import World
from exodrive.kit.db import Db
from exodrive.kit.failpoints import commits
from exodrive.payments import store as payments
from exodrive.payments.model import End, Operation, Result


async def go_on(world: World, operation: Operation, now: Standing, actor: Actor) -> Outcome:
    """Ask PayPal for what an intent to pay says, and for what follows from it: a hold first, if it is for both, then the rental."""
    if operation.is_joint_hold:
        result = await placing.ask(world, operation, now)
        return await _follow(world, operation, result, now, actor)
    taken = await capturing.ask(world, operation, now)
    return await again(lambda: capturing.record(world, operation, taken, actor))


async def _follow(world: World, operation: Operation, result: Result, now: Standing, actor: Actor) -> Outcome:
    then = await again(lambda: record(world, operation, result, actor))
    return await go_on(world, then, now, actor) if isinstance(then, Operation) else then


async def settle(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool) -> None:
    """Bring a hold for both to its end, and the rental with it: asked again while PayPal remembers it, or read back."""
    remembered = now.now - operation.created_at < capturing.REMEMBERED
    if remembered and not only_read:
        result: Result | None = await placing.ask(world, operation, now, perhaps_done=True)
    else:
        result = await placing.read_back(world, operation, now)
        if result is None and only_read:
            return
    await _follow(world, operation, result or Result(end=End.FAILED, issue="NEVER_HELD"), now, actor)


@commits("both.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> Operation | Outcome:
    """Keep PayPal's answer, unless another was first; return the intent to take the rental once both are held, or how it stands."""
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        if await payments.record(db, operation.id, result):
            if result.end is End.SUCCEEDED:
                then = await _held(db, now, operation, result, actor)
                if then:
                    return then
            elif result.end.is_final:
                await _not_held(db, world, now, operation, result, actor)
            elif before is None or (before.end, before.issue) != (result.end, result.issue):
                await capturing.wait(db, now, operation, result, actor, first=before is None or before.end is None)
        return await standing.outcome(db, await standing.read(db, now.booking_id))


async def _held(db: Db, now: Standing, operation: Operation, result: Result, actor: Actor) -> Operation | None:
    """Write down the deposit, and that the rental is to be taken; without the days, or the booking, everything is let go of."""
    assert operation.hold_id is not None
    assert operation.target_id is not None
    assert result.provider_id is not None
    at, until = (datetime.fromisoformat(text) if (text := result.details.get(name)) else None for name in ("created_at", "expires_at"))
    await deposits.placed(db, operation.hold_id, result.provider_id, at or now.now, until)
    deposit = {"amount": operation.request["deposit"], "currency": operation.currency}
    await bookings.tell(db, now.booking_id, "deposit_held", actor, **deposit)
    lost = "the booking had ended" if now.status is not BookingStatus.PENDING else await capturing.gone(db, now)
    if not lost:
        return await capturing.write(db, now, operation.target_id, together.taken_out(operation, result.provider_id), actor)
    if now.status is BookingStatus.PENDING:
        await end_unpaid(db, [now.booking_id], BookingStatus.EXPIRED, "expired", actor, reason=lost)
    await together.let_go(db, operation)
    return None


async def _not_held(db: Db, world: World, now: Standing, operation: Operation, result: Result, actor: Actor) -> None:
    """Nothing is held, and so nothing was taken: the renter may pay once more, the deposit is asked for by itself."""
    assert operation.hold_id is not None
    await deposits.drop(db, operation.hold_id)
    await capturing.give_back(db, world, now, operation, result, actor)
