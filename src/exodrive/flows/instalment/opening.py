"""The order for the rest of a price at PayPal: its intent, and what is kept of the answer; asked for as that of a booking is."""

from datetime import timedelta

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER
from exodrive.flows.checkout.capturing import REMEMBERED
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.opening import not_opened, request_for
from exodrive.flows.instalment.rest import clear_way, locked
from exodrive.flows.world import World
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.model import End, Kind, Operation, Result

FRESH = timedelta(hours=3)  # PayPal lets an order be approved for some hours; a rest is due for weeks


@commits("instalment.open.intend")
async def intend(world: World, booking_id: BookingId) -> str | tuple[Operation, Standing]:
    """Return where the rest of a booking's price is approved, or the intent to open an order for it.

    Raises NoBooking, NoRest, PaymentUnderWay and ChangeFirst.
    """
    async with world.door.scope() as db:
        now, rest = await locked(db, booking_id)
        await clear_way(db, now, rest, CUSTOMER)
        if rest.approve_url and rest.opened_at and now.now - rest.opened_at < FRESH:
            return rest.approve_url
        operation = await payments.open_for_instalment(db, rest.id, Kind.CREATE_ORDER)
        if operation is None or operation.money != rest.money or now.now - operation.created_at > REMEMBERED:
            words = request_for(world, now, is_later=True)
            operation_id = await payments.intend(db, booking_id, Kind.CREATE_ORDER, rest.money, instalment_id=rest.id, request=words)
            operation = await payments.operation(db, operation_id)
        assert operation is not None
        return operation, now


@commits("instalment.open.record")
async def record(world: World, operation: Operation, result: Result) -> str | None:
    """Keep PayPal's answer, unless another was first, and return where the rest is paid; None when there is no such place.

    An order for what is no longer due, or for another sum by now, is left to lapse: nobody is sent there, and nothing is captured by it.
    """
    async with world.door.scope() as db:
        now, rest = await locked(db, operation.booking_id)
        if not await payments.record(db, operation.id, result):
            return rest.approve_url
        if result.end is not End.SUCCEEDED:
            await not_opened(db, now, result)
            return None
        if not rest.is_open or rest.is_paying or rest.money != operation.money:
            return None
        assert result.provider_id is not None
        approve_url: str | None = result.details["approve_url"]
        await instalments.opened(db, rest.id, result.provider_id, approve_url)
        await bookings.tell(db, now.booking_id, "instalment_opened", CUSTOMER, order=result.provider_id)
        return approve_url
