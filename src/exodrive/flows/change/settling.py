"""An open intent for a change, brought to its end: after a crash, a lost answer, a pending payment, or PayPal's silence."""

from uuid import UUID

from exodrive.bookings.model import SYSTEM, Actor
from exodrive.flows.again import again
from exodrive.flows.change import capturing, opening, store
from exodrive.flows.change.model import ChangeStatus
from exodrive.flows.checkout import paying
from exodrive.flows.checkout.capturing import AT_WORK, REMEMBERED
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.opening import ask
from exodrive.flows.world import World
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result


async def settle(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool) -> None:
    """Ask PayPal again with the same request id while it remembers it, or read back what became of it, and record the answer."""
    remembered = now.now - operation.created_at < REMEMBERED
    if operation.kind is Kind.CREATE_ORDER:
        await _settle_order(world, operation, now, remembered=remembered)
    else:
        await _settle_capture(world, operation, now, actor, remembered=remembered, only_read=only_read)


async def resume(world: World, change_id: UUID, now: Standing) -> None:
    """Settle the capture for a change whose maker must have died by now."""
    async with world.door.scope() as db:
        operation = await payments.open_for_change(db, change_id, Kind.CAPTURE)
    if operation and now.now - operation.created_at > AT_WORK:
        await settle(world, operation, now, SYSTEM, only_read=False)


async def _settle_order(world: World, operation: Operation, now: Standing, *, remembered: bool) -> None:
    assert operation.change_id is not None
    async with world.door.scope() as db:
        change = await store.find(db, operation.change_id)
    wanted = remembered and change is not None and change.status is ChangeStatus.PENDING
    result = await ask(world, operation, now) if wanted else Result(end=End.FAILED, issue="NOT_NEEDED")
    await again(lambda: opening.record(world, operation, result))


async def _settle_capture(world: World, operation: Operation, now: Standing, actor: Actor, *, remembered: bool, only_read: bool) -> None:
    if found := await paying.find_out(world, operation, now, remembered=remembered, only_read=only_read):
        await again(lambda: capturing.record(world, operation, found, actor))
