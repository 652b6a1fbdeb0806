"""What a notice about a hold comes to. It only names one: what is open about it is settled, and PayPal itself is read for the rest."""

from uuid import UUID

from exodrive.bookings.model import PAYPAL
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Hold
from exodrive.flows.checkout import settling
from exodrive.flows.comparison import booking
from exodrive.flows.hearing import names_in
from exodrive.flows.world import World
from exodrive.kit import clock, outbox
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, OperationId
from exodrive.payments import store as payments
from exodrive.payments.differences.model import Thing
from exodrive.payments.model import Kind
from exodrive.payments.named import store as named
from exodrive.webhooks.model import KeptEvent

_ABOUT_HOLDS = (Kind.HOLD, Kind.RENEW, Kind.RELEASE, Kind.CLAIM)


async def changed(world: World, event: KeptEvent) -> str:
    """A hold was placed, given back, or ran out: settle what we asked for, compare what we did not, and look after the deposit again.

    Raises GatewayError, and is then to be tried again.
    """
    async with world.door.scope() as db:
        hold = await _named(db, event)
        by_wallet = None if hold else await _by_wallet(db, event)
        if by_wallet:
            await outbox.enqueue(db, "payments.settle", operation_id=by_wallet)
        if hold is None:
            return "asked by wallet" if by_wallet else "not ours"
        intents = [one for kind in _ABOUT_HOLDS for one in await named.open_intents(db, hold.booking_id, kind)]
    for operation_id in intents:
        await settling.settle(world, operation_id, actor=PAYPAL, only_read=True)
    looked = await booking.compare(world, hold.booking_id, since=clock.now(), named={event.resource_id or "": Thing.AUTHORIZATION})
    async with world.door.scope() as db:
        await outbox.enqueue(db, "deposits.look", booking_id=hold.booking_id)
    return "differs" if looked.findings else "settled" if intents else "nothing open"


async def _by_wallet(db: Db, event: KeptEvent) -> OperationId | None:
    """Return our intent to hold by a wallet for the booking that a notice names: of its order nobody knows before PayPal has answered."""
    resource = event.payload.get("resource")
    try:
        booking_id = BookingId(UUID(str(resource.get("custom_id") if isinstance(resource, dict) else None)))
    except ValueError:
        return None
    intents = [await payments.operation(db, intent) for intent in await named.open_intents(db, booking_id, Kind.OPEN_HOLD)]
    return next((intent.id for intent in intents if intent and intent.target_id), None)


async def _named(db: Db, event: KeptEvent) -> Hold | None:
    """Return our hold that a notice names, by its own id or by its order's: it may come before the answer that told us the first."""
    for name in names_in(event.payload.get("resource")):
        if found := await deposits.of_authorization(db, name) or await deposits.of_order(db, name):
            return found
    return None
