"""Tidying up after renters who left: nothing depends on it, dead holds count as free without it."""

from datetime import timedelta
from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, BookingStatus
from exodrive.flows.again import again
from exodrive.flows.change import force
from exodrive.flows.change import store as changes
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.ending import end_unpaid
from exodrive.flows.each import each
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId

# So long an order may be approved at PayPal: until then a renter whose days are still free may come back and have them.
APPROVABLE = timedelta(hours=6)
AT_ONCE = 500


async def expire_dead(world: World) -> int:
    """Expire pending bookings whose holds ran out more than six hours ago, and drop their days; return how many.

    One that fails stops no other.
    """
    async with world.door.scope() as db:
        old = await bookings.pending_since(db, clock.now() - APPROVABLE, AT_ONCE)
    return await each(world, old, lambda booking_id: _expire_one(world, booking_id), "a booking that nobody pays for could not be expired")


async def drop_lapsed(world: World) -> None:
    """Drop changes of bookings that were not paid for and lapsed more than six hours ago. One that fails stops no other."""
    async with world.door.scope() as db:
        old = await changes.lapsed(db, clock.now() - APPROVABLE, AT_ONCE)
    await each(world, old, lambda change_id: _drop_one(world, change_id), "a change that nobody pays for could not be dropped")


async def _drop_one(world: World, change_id: UUID) -> None:
    await again(lambda: _drop(world, change_id))


@commits("tidy.drop")
async def _drop(world: World, change_id: UUID) -> None:
    async with world.door.scope() as db:
        now, change = await force.locked(db, change_id)
        if change.expires_at and change.expires_at <= now.now - APPROVABLE:
            await force.drop(db, change, SYSTEM, "not paid in time")


async def _expire_one(world: World, booking_id: BookingId) -> bool:
    return await again(lambda: _expire(world, booking_id))


@commits("tidy.expire")
async def _expire(world: World, booking_id: BookingId) -> bool:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        lapsed = now.lapses_at or (now.created_at if now.held_days == 0 else now.now)
        if lapsed > now.now - APPROVABLE:
            return False
        return bool(await end_unpaid(db, [booking_id], BookingStatus.EXPIRED, "expired", SYSTEM))
