"""What the clock does about bookings that wait for an answer: staff are reminded at half time, and what is not answered in time ends."""

from exodrive.bookings.endings import How
from exodrive.bookings.model import SYSTEM
from exodrive.bookings.states import BookingStatus
from exodrive.bookings.tiers import WHOLE
from exodrive.flows.again import again
from exodrive.flows.approval import store
from exodrive.flows.checkout import standing
from exodrive.flows.each import each
from exodrive.flows.ending import store as endings
from exodrive.flows.ending.end import end_paid
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId

AT_ONCE = 100


async def settle_due(world: World) -> int:
    """End the bookings that nobody answered in time, with everything going back; return how many. One that cannot be yet stops no other."""
    async with world.door.scope() as db:
        late = await store.overdue(db, AT_ONCE)
    return await each(world, late, lambda booking_id: _settle_one(world, booking_id), "a booking that was not answered could not be ended")


async def _settle_one(world: World, booking_id: BookingId) -> bool:
    return await again(lambda: _settle(world, booking_id))


@commits("approval.settle")
async def _settle(world: World, booking_id: BookingId) -> bool:
    """Whoever takes the car's lock first decides, and the database's clock says whose turn it is: one of them finds nothing to do."""
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        due_at = (await endings.terms(db, booking_id)).answer_due_at
        if now.status is not BookingStatus.UPCOMING or due_at is None or due_at > now.now:
            return False
        await end_paid(db, now, How.UNANSWERED, WHOLE, SYSTEM, None)
        return True


async def remind(world: World) -> int:
    """Promise staff a letter about each booking whose time to answer is half over, once; return how many."""
    async with world.door.scope() as db:
        waiting = await store.take_reminders(db, AT_ONCE)
        for booking_id in waiting:
            await outbox.enqueue(db, "mail.answer_reminder", booking_id=booking_id)
    return len(waiting)
