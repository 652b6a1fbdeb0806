"""An open intent about a hold, brought to its end: after a crash, a lost answer, a pending approval, or PayPal's silence."""

from datetime import timedelta

from exodrive.bookings.model import Actor
from exodrive.deposits import store as deposits
from exodrive.deposits.states import HoldStatus
from exodrive.flows.again import again
from exodrive.flows.checkout.capturing import REMEMBERED
from exodrive.flows.checkout.model import Standing
from exodrive.flows.claiming import taking
from exodrive.flows.deposit import asking, by_wallet, keeping, placing
from exodrive.flows.world import World
from exodrive.kit.failpoints import commits
from exodrive.payments.model import End, Kind, Operation, Result

PAYMENTS_REMEMBERED = timedelta(days=44)  # as `capturing.REMEMBERED`, for holds


async def settle(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool) -> None:
    """Ask PayPal again with the same request id while it remembers it, or read back what became of it, and record the answer."""
    age = now.now - operation.created_at
    if operation.kind is Kind.OPEN_HOLD and operation.target_id:
        await by_wallet.settle(world, operation, now, actor, only_read=only_read)
    elif operation.kind is Kind.OPEN_HOLD:
        await _settle_order(world, operation, now, remembered=age < REMEMBERED)
    elif operation.kind is Kind.HOLD:
        await _settle_hold(world, operation, now, actor, only_read=only_read, remembered=age < REMEMBERED)
    elif operation.kind is Kind.RENEW:
        result = await keeping.renew(world, operation, now) if age < PAYMENTS_REMEMBERED else _never("NEVER_RENEWED")
        await again(lambda: keeping.record_renewal(world, operation, result, actor))
    elif operation.kind is Kind.CLAIM:
        await taking.settle(world, operation, now, actor, only_read=only_read, remembered=age < PAYMENTS_REMEMBERED)
    else:
        released = await keeping.release(world, operation)  # giving back twice does no harm, however old
        await again(lambda: keeping.record_release(world, operation, released, actor))


@commits("deposit.settle.look")
async def _settle_order(world: World, operation: Operation, now: Standing, *, remembered: bool) -> None:
    assert operation.hold_id is not None
    async with world.door.scope() as db:
        hold = await deposits.find(db, operation.hold_id)
    wanted = remembered and hold is not None and hold.status is HoldStatus.ASKED
    result = await asking.ask(world, operation, now) if wanted else _never("NOT_NEEDED")
    await again(lambda: asking.record(world, operation, result))


async def _settle_hold(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool, remembered: bool) -> None:
    if remembered and not only_read:
        result: Result | None = await placing.ask(world, operation, now, perhaps_done=True)
    else:
        result = await placing.read_back(world, operation, now)
        if result is None and only_read:
            return
    done = result or _never("NEVER_HELD")
    await again(lambda: placing.record(world, operation, done, actor))


def _never(issue: str) -> Result:
    return Result(end=End.FAILED, issue=issue)
