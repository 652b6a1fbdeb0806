"""What the worker does about deposits: every topic and its handler, each a shell over a verb."""

from uuid import UUID

from exodrive.flows.deposit import look, reminding, telling
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId
from exodrive.kit.outbox.jobs import job


@job("deposits.look")
async def look_at_deposit(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Do what a deposit wants, now that something about it has changed."""
    await look.look_at(world, booking_id)


@job("deposits.look_at_all", tries=1)  # the next look is the next try
async def look_at_deposits(world: World, outbox_id: UUID) -> None:
    """Do what every deposit wants: renew, give back, raise an alarm."""
    await look.look_at_all(world)


@job("mail.deposit", tries=12)
async def ask_for_a_deposit(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Ask a renter by mail to hold the deposit."""
    await reminding.send(world, outbox_id, booking_id)


@job("mail.deposit_reminder", tries=12)
async def remind_of_a_deposit(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Remind a renter near the pick-up that the deposit is not held yet."""
    await reminding.send(world, outbox_id, booking_id, is_reminder=True)


@job("mail.deposit_held", tries=12)
async def tell_of_a_deposit(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell a renter by mail that the deposit is held from the wallet they let us keep."""
    await telling.send(world, outbox_id, booking_id)


HANDLERS = (look_at_deposit, look_at_deposits, ask_for_a_deposit, remind_of_a_deposit, tell_of_a_deposit)
