"""What the worker does about changes: every topic and its handler, each a shell over a verb."""

from uuid import UUID

from exodrive.flows.change import letter, telling
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId
from exodrive.kit.outbox.jobs import job


@job("mail.change_to_pay", tries=12)
async def write_of_a_change_to_pay(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell a renter of a change that staff prepared and that is to be paid."""
    await telling.send(world, outbox_id, booking_id)


@job("mail.changed", tries=12)
async def write_of_a_change(world: World, outbox_id: UUID, change_id: UUID) -> None:
    """Tell a renter of a change that is in force: what was and what is."""
    await letter.send(world, outbox_id, change_id)


HANDLERS = (write_of_a_change_to_pay, write_of_a_change)
