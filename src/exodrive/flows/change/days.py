"""The days of a change: looked at, held while it waits for its payment, kept for a capture, and the booking's own at last.

Who writes holds the locks of both cars. While a change waits, the days it adds are ``pending`` rows of its booking: should they lapse, the
rows go like anybody's, and the booking stays with the days it has paid for.
"""

from datetime import datetime

import msgspec

from exodrive.availability import store as days
from exodrive.availability.model import CarTaken, occupied
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.flows.change.model import Change, Proposal
from exodrive.flows.checkout.ending import clear_dead_holds
from exodrive.flows.checkout.model import Facts, Standing
from exodrive.flows.checkout.nearest import Ranges, nearest_for, told
from exodrive.flows.world import World
from exodrive.kit.days import ONE_DAY, Days, day_at
from exodrive.kit.db import Db


class DaysMissing(Exception):
    """A change was paid and a day of it is somebody else's: this must never happen, and a person looks at it."""


async def check_free(world: World, proposal: Proposal, facts: Facts) -> None:
    """Raise CarTaken with ``extra`` free, up to three nearest ranges, when a day of a proposal is somebody else's."""
    new, sold = proposal.new, proposal.sold
    async with world.door.scope() as db:
        taken = await days.taken_days(db, new.car_id, occupied(new.days, facts.turnaround_days), besides=sold.booking_id)
    if taken:
        raise await refusal(world, proposal, facts)


async def refusal(world: World, proposal: Proposal, facts: Facts) -> CarTaken:
    """Return the refusal of days that somebody else has, with what can be had instead; a car that is out can only come back later."""
    new = proposal.new
    refused = CarTaken(new.car_id, new.days)
    if new.start < day_at(facts.now, facts.home_zone):
        refused.extra["free"] = await _until(world, proposal, facts)
    else:
        order = msgspec.structs.replace(new, terms=world.rules.terms_version)
        refused.extra["free"] = await nearest_for(world, order, facts, besides=proposal.sold.booking_id)
    return refused


async def _until(world: World, proposal: Proposal, facts: Facts) -> Ranges:
    """The longest time the car can be kept, where that is longer than it is now."""
    old, new = proposal.old, proposal.new
    async with world.door.scope() as db:
        found = await days.taken_days(db, new.car_id, occupied(new.days, facts.turnaround_days), besides=proposal.sold.booking_id)
    last = min((day.date for day in found), default=new.end) - (facts.turnaround_days + 1) * ONE_DAY
    return told([Days(new.start, last)] if last > old.end else [])


async def claim(db: Db, proposal: Proposal, now: Standing, expires_at: datetime, actor: Actor) -> None:
    """Hold the days that a change adds, with their turnaround, until a moment. Raises CarTaken: roll back then."""
    new = proposal.new
    await clear_dead_holds(db, new.car_id, actor=actor if actor.kind == "admin" else SYSTEM)
    await days.claim_more(db, new.car_id, new.days, now.booking_id, expires_at, turnaround_days=proposal.arranged.turnaround_days)


async def keep(db: Db, now: Standing, change: Change) -> bool:
    """Keep the days of a change until its payment is decided, taking back any it has lost; False when one is somebody else's by now."""
    if not change.moves or change.days is None or change.after.chosen.car_id is None:
        return True
    car_id = change.after.chosen.car_id
    await clear_dead_holds(db, car_id, spare=now.booking_id)
    return await days.keep_for_payment(db, now.booking_id, car_id, change.days, turnaround_days=change.after.turnaround_days)


async def keep_until(db: Db, change: Change, until: datetime) -> None:
    """Let the days of a change lapse at a moment again: nothing was paid for it, and it may be tried once more."""
    if change.moves:
        await days.restore_hold(db, change.booking_id, until)


async def settle(db: Db, change: Change) -> None:
    """Let the booking have the days of a change that is in force, and no others. Raises DaysMissing."""
    if not change.moves or change.days is None or change.after.chosen.car_id is None:
        return
    where = (change.after.chosen.car_id, change.days, change.booking_id)
    if not await days.move(db, *where, turnaround_days=change.after.turnaround_days):
        raise DaysMissing(str(change.booking_id))


async def free(db: Db, change: Change) -> None:
    """Give back what a change held that comes to nothing."""
    if change.moves:
        await days.free_more(db, change.booking_id)
