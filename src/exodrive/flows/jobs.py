"""What the worker can do: every topic and its handler, each a shell over a verb."""

from uuid import UUID

from exodrive.flows import daily, letters
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId
from exodrive.kit.outbox.jobs import job, table


@job("mail.confirmation", tries=12)  # half an hour of trouble at the mail service
async def confirmation(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter that confirms a paid booking."""
    await letters.send_confirmation(world, outbox_id, booking_id)


@job("outbox.prune")
async def prune(world: World, outbox_id: UUID) -> None:
    """Throw away what nobody will ask for again."""
    await daily.prune(world, outbox_id)


JOBS = table(confirmation, prune)
