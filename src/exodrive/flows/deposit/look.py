"""Looking after deposits by the clock: what the planner says is promised, told, or raised as an alarm."""

import logging

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Alarm, Hold
from exodrive.deposits.planner import plan, status_of
from exodrive.deposits.states import HoldStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import by_wallet, keeping, reminding, store
from exodrive.flows.each import each
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Db
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId
from exodrive.payments.model import Kind

AT_ONCE = 200
_BY_PLAN = [Alarm.UNCOVERED, Alarm.RUNS_OUT]
_OF_HOLDS = [*_BY_PLAN, Alarm.RENEWAL_REFUSED]

log = logging.getLogger(__name__)


@commits("deposit.due")
async def look_at_all(world: World) -> int:
    """Look at every deposit that may want something; return how many were looked at. One that fails does not stop the others."""
    after, count = None, 0
    while True:
        async with world.door.scope() as db:
            found = await store.due(db, clock.now() + world.deposits.ask, after, AT_ONCE)
        await each(world, found, lambda booking_id: look_at(world, booking_id), "a deposit could not be looked at")
        count += len(found)
        if len(found) < AT_ONCE or world.ending.is_set():
            return count
        after = found[-1]


async def look_at(world: World, booking_id: BookingId) -> None:
    """Do what the plan of one booking's deposit says; safe to run any number of times and beside itself."""
    await again(lambda: _look(world, booking_id))


@commits("deposit.plan")
async def _look(world: World, booking_id: BookingId) -> None:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        found = await store.rental(db, booking_id)
        if found is None or not found[1].amount:
            return
        holds = await _lapse(db, now, await deposits.of_booking(db, booking_id))
        todo = plan(found[0], holds, world.deposits, now.now)
        if todo.renew:
            await keeping.promise(db, todo.renew, Kind.RENEW, "the car is to come back")
        for hold in todo.release:
            await keeping.promise(db, hold, Kind.RELEASE, "nothing is claimed" if hold is holds[-1] else "another is held in its place")
        if todo.ask and not await by_wallet.promise(world, db, now, *found, holds):
            await reminding.promise(db, now, found[0], await deposits.of_booking(db, booking_id))
        await _raise(db, now, todo.alarms, over=not any(hold.covers(now.now) and hold.renewed_at for hold in holds))


async def _lapse(db: Db, now: Standing, holds: list[Hold]) -> list[Hold]:
    """Write down which holds ran out."""
    ended = [hold for hold in holds if hold.status is HoldStatus.HELD and status_of(hold, now.now) is HoldStatus.LAPSED]
    for hold in ended:
        await deposits.end(db, hold.id, HoldStatus.HELD, HoldStatus.LAPSED)
        await bookings.tell(db, now.booking_id, "deposit_lapsed", SYSTEM, hold=hold.authorization_id)
    return await deposits.of_booking(db, now.booking_id) if ended else holds


async def _raise(db: Db, now: Standing, alarms: frozenset[Alarm], *, over: bool) -> None:
    """Open and close the alarms; that a renewal was refused is ``over`` with the hold it was refused for."""
    for kind in await deposits.set_alarms(db, now.booking_id, alarms, _BY_PLAN if not over else _OF_HOLDS):
        log.critical("a deposit needs a person", extra={"booking": now.reference, "alarm": kind})
        await bookings.tell(db, now.booking_id, "deposit_alarm", SYSTEM, alarm=kind)
