"""The order of a change at PayPal: its intent, and what is kept of the answer; asked for in the same way as that of a booking."""

from uuid import UUID

from exodrive.flows.change import force, store
from exodrive.flows.change.errors import ChangeOver
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.opening import not_opened, request_for
from exodrive.flows.world import World
from exodrive.kit.failpoints import commits
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result


@commits("change.open.intend")
async def intend(world: World, change_id: UUID) -> str | tuple[Operation, Standing]:
    """Return where the payment of a waiting change is approved, or the intent to open an order for it.

    Raises ChangeOver and PaymentUnderWay.
    """
    async with world.door.scope() as db:
        now, change = await force.locked(db, change_id)
        if await payments.open_for_change(db, change_id, Kind.CAPTURE):
            raise PaymentUnderWay
        if not change.is_held(now.now):
            raise ChangeOver
        await store.accept(db, change_id, world.rules.terms_version)
        if change.approve_url:
            return change.approve_url
        operation = await payments.open_for_change(db, change_id, Kind.CREATE_ORDER)
        if operation is None:
            words = request_for(world, now, is_later=True)
            operation_id = await payments.intend(db, now.booking_id, Kind.CREATE_ORDER, change.money, change_id=change_id, request=words)
            operation = await payments.operation(db, operation_id)
        assert operation is not None
        return operation, now


@commits("change.open.record")
async def record(world: World, operation: Operation, result: Result) -> str | None:
    """Keep PayPal's answer, unless another was first, and return where the change is paid; None when there is no such place."""
    assert operation.change_id is not None
    async with world.door.scope() as db:
        now, change = await force.locked(db, operation.change_id)
        if not await payments.record(db, operation.id, result):
            return change.approve_url
        if result.end is not End.SUCCEEDED:
            await not_opened(db, now, result)
            return None
        if not change.is_held(now.now):
            return None
        assert result.provider_id is not None
        approve_url: str | None = result.details["approve_url"]
        await store.opened(db, change.id, result.provider_id, approve_url)
        return approve_url
