"""The daily comparison of our book with PayPal's: every order, capture and refund that changed lately, then PayPal's list of events.

It goes on piece by piece. What it has done is kept after each step, so that whoever stops it (a crash, a new version, a PayPal that is
away) costs nothing but time. It asks at a walking pace, and each process's breaker holds for it too.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from exodrive.flows.comparison import booking, events, store
from exodrive.flows.comparison.model import Looked, Phase, Run
from exodrive.flows.comparison.runs import store as runs
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.kit import clock, outbox
from exodrive.kit.ids import BookingId
from exodrive.payments.differences import store as differences

WINDOW = timedelta(days=35)  # as far back as PayPal's list of events is relied on, and the bookings of a day are looked at
PIECE = 40.0  # seconds of work before the next piece is promised
LEASE = timedelta(seconds=90)  # longer than any piece: after it whoever was at it is dead
PAGE = 20
PAUSE = 0.2  # seconds between bookings, and between pages of events
_TICK = timedelta(milliseconds=1)  # how finely PayPal tells the moments of events

_log = logging.getLogger(__name__)


async def go_on(world: World) -> None:
    """Begin today's comparison, or go on with the one that is not finished, for a while; the next piece is promised at the end.

    A process that is told to end stops after the booking, or the page of events, that is in hand.

    Nothing to do when today's is finished, or somebody is at it. With PayPal away it rests until it is called again.
    """
    async with world.door.scope() as db:
        await runs.begin(db, WINDOW)
        run = await runs.take(db, LEASE)
    if run is None:
        return
    paused_by = None
    try:
        run = await _work(world, run, time.monotonic() + PIECE)
    except GatewayError as away:
        paused_by = str(away)
        _log.warning("the comparison with PayPal rests", extra={"reason": paused_by})
    async with world.door.scope() as db:
        await runs.rest(db, run.id, paused_by)
        if paused_by is None and run.phase is not Phase.DONE:
            await outbox.enqueue(db, "payments.compare")


async def _work(world: World, run: Run, until: float) -> Run:
    while run.phase is not Phase.DONE and not _is_over(world, until):
        run = await (_bookings(world, run, until) if run.phase is Phase.BOOKINGS else _events(world, run))
        await asyncio.sleep(PAUSE)
    return run


def _is_over(world: World, until: float) -> bool:
    """Whether this piece has come to its end, or the process is to."""
    return world.ending.is_set() or time.monotonic() >= until


async def _bookings(world: World, run: Run, until: float) -> Run:
    async with world.door.scope() as db:
        page = await store.page(db, run.since, run.after, PAGE)
        if not page:
            return await runs.move(db, run, Phase.EVENTS)
    for booking_id in page:
        looked = await _look(world, booking_id, run.since)
        async with world.door.scope() as db:
            await booking.keep(db, looked)
            run = await runs.compared(db, run, booking_id, looked.booked)
        if _is_over(world, until):
            break
        await asyncio.sleep(PAUSE)
    return run


async def _look(world: World, booking_id: BookingId, since: datetime) -> Looked:
    """Look at one booking; what goes wrong with one does not keep the others from being compared."""
    try:
        return await booking.look(world, booking_id, since=since)
    except GatewayError:
        raise
    except Exception:
        _log.exception("a booking could not be compared", extra={"booking": str(booking_id)})
        return Looked()


async def _events(world: World, run: Run) -> Run:
    """Read a page of events further down; an empty one is the last, and where PayPal's list no longer goes there is none."""
    start = max(run.since, clock.now() - WINDOW)
    page = await world.paypal.event_page(start, run.events_until) if start < run.events_until else ()
    moments = [event.create_time for event in page if event.create_time]
    if not moments:
        async with world.door.scope() as db:
            await differences.close_known(db)
            return await runs.move(db, run, Phase.DONE)
    looked = await events.look(world, events.hints_in(page), run.since)
    oldest = min(moments)
    async with world.door.scope() as db:
        for one in looked:
            await booking.keep(db, one)
        return await runs.read_down_to(db, run, _next(run.events_until, oldest), len(page), sum(one.booked for one in looked))


def _next(until: datetime, oldest: datetime) -> datetime:
    """Return down from where the next page is read: what happened in the same moment as the oldest may not have been on this one."""
    return min(oldest + _TICK, until - _TICK)
