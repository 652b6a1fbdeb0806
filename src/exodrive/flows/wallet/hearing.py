"""What a notice about a kept wallet comes to. It only names one: PayPal itself is read for the rest."""

from uuid import UUID

from exodrive.bookings.model import PAYPAL
from exodrive.deposits.wallets import store as wallets
from exodrive.flows.again import again
from exodrive.flows.wallet import looking
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId
from exodrive.webhooks.model import KeptEvent


async def created(world: World, event: KeptEvent) -> str:
    """A wallet is ready to pay, perhaps long after its order: whose it is, the wallet itself says.

    Raises GatewayError, and is then to be tried again.
    """
    shown = await looking.see(world, event.resource_id or "-")
    if shown is None:
        return "not at PayPal"
    try:
        booking_id = BookingId(UUID(shown.owner))
    except ValueError:
        return "not ours"
    async with world.door.scope() as db:
        ours = await wallets.find(db, booking_id)
    if ours is None:
        return "not ours"
    return "kept" if await again(lambda: looking.keep(world, booking_id, shown, PAYPAL)) else "known"


async def deleted(world: World, event: KeptEvent) -> str:
    """A wallet is kept no longer: we had it deleted, or its owner ended it. Raises GatewayError, and is then to be tried again."""
    async with world.door.scope() as db:
        ours = await wallets.of_token(db, event.resource_id or "")
    return await looking.check(world, ours.booking_id, PAYPAL) if ours else "not ours"
