"""At midnight a car that is not back keeps the next day, and its turnaround after it. A day that is somebody else's becomes a clash."""

import logging

from exodrive.availability.late import store as days
from exodrive.availability.late.model import Hit
from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM
from exodrive.clashes import store as clashes
from exodrive.clashes.model import How
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.ending import clear_dead_holds
from exodrive.flows.checkout.model import Standing
from exodrive.flows.each import each
from exodrive.flows.overdue import store
from exodrive.flows.overdue.close import end
from exodrive.flows.overdue.store import Late
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.days import ONE_DAY, Days, day_at
from exodrive.kit.db import Db
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId

AT_ONCE = 200

log = logging.getLogger(__name__)


async def look_at_all(world: World) -> int:
    """Look at every car that is late, and at every clash; return how many bookings that were. One that fails stops no other."""
    async with world.door.scope() as db:
        found = await store.to_look_at(db, AT_ONCE)
    await each(world, found, lambda booking_id: look_at(world, booking_id), "a late car could not be looked at")
    return len(found)


async def look_at(world: World, booking_id: BookingId) -> None:
    """Keep today for a car that is late, open and close its clashes; safe to run any number of times and beside itself."""
    await again(lambda: _look(world, booking_id))


@commits("overdue.claim")
async def _look(world: World, booking_id: BookingId) -> None:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        late, known = await store.late(db, booking_id), await clashes.open_of(db, booking_id)
        today = day_at(now.now, late.time_zone)
        if not late.is_out or today <= late.end:
            await end(db, known, How.RETURNED, SYSTEM)
            return
        await clear_dead_holds(db, late.car_id)
        hits = await _claim(db, now, late, Days(late.end + ONE_DAY, today))
        hit = {one.booking_id for one in hits}
        await end(db, [one for one in known if one.hit_id not in hit], How.FREED, SYSTEM)
        for one in hits:
            await _open(db, booking_id, late, one)


async def _claim(db: Db, now: Standing, late: Late, wanted: Days) -> list[Hit]:
    """Keep what is free of the days since the last that was sold, and return who has the others."""
    about = (db, late.car_id, wanted, now.booking_id)
    if new := await days.claim(*about, turnaround_days=late.turnaround_days):
        await bookings.tell(db, now.booking_id, "late_days_kept", SYSTEM, days=[day.isoformat() for day in new])
    return await days.hits(*about, turnaround_days=late.turnaround_days)


async def _open(db: Db, booking_id: BookingId, late: Late, hit: Hit) -> None:
    clash_id = await clashes.open_one(db, booking_id, hit.booking_id, late.car_id, hit.day)
    if clash_id is None:
        return
    log.critical("a car that is not back is needed", extra={"booking": late.reference, "day": hit.day.isoformat()})
    for about in filter(None, (booking_id, hit.booking_id)):
        await bookings.tell(db, about, "clash_opened", SYSTEM, clash=str(clash_id), day=hit.day.isoformat())
    await outbox.enqueue(db, "mail.clash", clash_id=clash_id)
