"""By the clock a rental begins at midnight of its pick-up day, where the car is; the key is handed over when its renter comes."""

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, BookingStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.each import each
from exodrive.flows.rental import store
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId

AT_ONCE = 200


async def begin_due(world: World) -> int:
    """Begin the rentals whose pick-up day has come; return how many. One that cannot begin yet stops no other.

    What waits for our answer, owes a rest, or has a change to be paid begins when that is settled, at the latest with the key.
    """
    async with world.door.scope() as db:
        due = await store.to_begin(db, AT_ONCE)
    return await each(world, due, lambda booking_id: _begin_one(world, booking_id), "a rental could not be begun")


async def _begin_one(world: World, booking_id: BookingId) -> bool:
    return await again(lambda: _begin(world, booking_id))


async def _begin(world: World, booking_id: BookingId) -> bool:
    """Whoever takes the car's lock first begins it, and the other finds nothing to do."""
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        if not await store.to_begin(db, 1, booking_id):
            return False
        return bool(await bookings.move(db, [booking_id], now.status, BookingStatus.ACTIVE, "begun", SYSTEM))
