"""What the worker does about rentals by the clock: every topic and its handler, each a shell over a verb."""

from uuid import UUID

from exodrive.flows.overdue import claim as overdue
from exodrive.flows.overdue import letter as clash_letter
from exodrive.flows.rental import begin
from exodrive.flows.world import World
from exodrive.kit.outbox.jobs import job


@job("bookings.begin", tries=1)  # the next look is the next try
async def begin_rentals(world: World, outbox_id: UUID) -> None:
    """Begin the rentals whose pick-up day has come."""
    await begin.begin_due(world)


@job("bookings.overdue", tries=1)  # the next look is the next try
async def look_after_late_cars(world: World, outbox_id: UUID) -> None:
    """Keep today for the cars that are not back, and open and close their clashes."""
    await overdue.look_at_all(world)


@job("mail.clash", tries=12)
async def write_of_a_clash(world: World, outbox_id: UUID, clash_id: UUID) -> None:
    """Tell staff that a car is not back and is needed."""
    await clash_letter.send(world, outbox_id, clash_id)


HANDLERS = (begin_rentals, look_after_late_cars, write_of_a_clash)
