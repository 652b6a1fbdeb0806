"""What the worker does about kept wallets: every topic and its handler, each a shell over a verb."""

from uuid import UUID

from exodrive.flows.wallet import looking
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId
from exodrive.kit.outbox.jobs import job


@job("wallets.look_at_all", tries=1)  # the next look is the next try
async def look_at_wallets(world: World, outbox_id: UUID) -> None:
    """Find the wallets that PayPal keeps, and delete those that are needed no longer."""
    await looking.look_at_all(world)


@job("wallets.check")
async def check_a_wallet(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Read whether PayPal still keeps a wallet by which it would not hold."""
    await looking.check(world, booking_id)


HANDLERS = (look_at_wallets, check_a_wallet)
