"""Nobody came for the car: noted by staff after the pick-up, taken back within some time, and settled by a job when that is over."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.endings import How
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.bookings.tiers import no_show_percent
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.each import each
from exodrive.flows.ending import store
from exodrive.flows.ending.end import LIVING, end_paid, may_end
from exodrive.flows.ending.errors import NothingNoted, TooEarly
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId

AT_ONCE = 100


class Noted(msgspec.Struct, frozen=True):
    """Whether it is noted that nobody came, and from when on the booking is a no-show."""

    no_show_at: datetime | None


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reason: str


async def mark(world: World, door: Door, booking_id: BookingId, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> Noted:
    """Note that nobody came, through the staff's own door: the booking is a no-show some time from now, unless it is taken back.

    Noted again, the first time counts. Raises BadInput without a reason, NoBooking, TooEarly before the pick-up, NotAccepted while the
    booking waits for our answer, NotCancellable once the key was handed over or the booking is over, and KeyReused.
    """
    window = timedelta(minutes=world.rules.no_show_minutes)
    asked = _Asked(booking_id, by.reason_of(reason))

    async def note(db: Db, now: Standing) -> Noted:
        return await _mark(db, now, window, asked.reason, actor, ip)

    return await again(lambda: _write(door, asked, request("no-show", key, asked), note))


async def undo(world: World, door: Door, booking_id: BookingId, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> Noted:
    """Take back that nobody came, while there is time. Raises BadInput without a reason, NoBooking, NothingNoted and KeyReused."""
    asked = _Asked(booking_id, by.reason_of(reason))

    async def take_back(db: Db, now: Standing) -> Noted:
        return await _undo(db, now, asked.reason, actor, ip)

    return await again(lambda: _write(door, asked, request("no-show-withdrawal", key, asked), take_back))


@commits("no_show.write")
async def _write(door: Door, asked: _Asked, named: Request | None, work: Callable[[Db, Standing], Awaitable[Noted]]) -> Noted:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: work(db, now), Noted)


async def _mark(db: Db, now: Standing, window: timedelta, reason: str, actor: Actor, ip: str) -> Noted:
    terms = await may_end(db, now)
    if terms.no_show_at:
        return Noted(terms.no_show_at)
    if terms.waits:
        raise NotAccepted
    if now.now <= terms.pickup_at:
        raise TooEarly
    at = now.now + window
    await store.set_no_show(db, now.booking_id, at)
    await bookings.tell(db, now.booking_id, "no_show_noted", actor, reason=reason, at=at.isoformat())
    await by.note(db, actor, ip, "no_show_noted", now.booking_id, reason=reason)
    await outbox.enqueue(db, "mail.no_show", booking_id=now.booking_id)
    return Noted(at)


async def _undo(db: Db, now: Standing, reason: str, actor: Actor, ip: str) -> Noted:
    terms = await store.terms(db, now.booking_id)
    if now.status not in LIVING or terms.no_show_at is None or terms.no_show_at <= now.now:
        raise NothingNoted
    await store.set_no_show(db, now.booking_id, None)
    await bookings.tell(db, now.booking_id, "no_show_withdrawn", actor, reason=reason)
    await by.note(db, actor, ip, "no_show_withdrawn", now.booking_id, reason=reason)
    return Noted(None)


async def settle_due(world: World) -> int:
    """Make no-shows of the bookings whose time to take it back is over; return how many. One that cannot be yet stops no other."""
    async with world.door.scope() as db:
        due = await store.due_no_shows(db, AT_ONCE)
    return await each(world, due, lambda booking_id: _settle_one(world, booking_id), "a no-show could not be settled")


async def _settle_one(world: World, booking_id: BookingId) -> bool:
    try:
        return await again(lambda: _settle(world, booking_id))
    except PaymentUnderWay:  # PayPal decides about a change: the next look is the next try
        return False


@commits("no_show.settle")
async def _settle(world: World, booking_id: BookingId) -> bool:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        terms = await store.terms(db, booking_id)
        is_due = terms.no_show_at is not None and terms.no_show_at <= now.now
        if not is_due or now.status not in LIVING or terms.handed_over_at is not None:
            return False
        await end_paid(db, now, How.NO_SHOW, no_show_percent(terms.tiers), SYSTEM, None)
        return True
