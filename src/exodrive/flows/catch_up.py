"""What PayPal told and nobody heard: its own list of events is read, and each goes the way of a delivered one."""

import logging
from datetime import timedelta

from exodrive.flows import webhooks
from exodrive.flows.each import each
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.gateways.paypal import Event, Notice, PayPal
from exodrive.kit import clock, outbox
from exodrive.kit.db import Door
from exodrive.webhooks import store
from exodrive.webhooks.model import Cursor

FIRST = timedelta(days=7)  # how far back the first look goes
OVERLAP = timedelta(minutes=20)  # events may be listed a while after they happened

_log = logging.getLogger(__name__)


async def catch_up(world: World) -> int:
    """Read what happened since the last look, and keep what nobody delivered; return how many. With PayPal away the next look has it.

    One that cannot be kept stops no other; the daily comparison looks for what it told of.
    """
    until = clock.now()
    async with world.door.scope() as db:
        seen = await store.read_until(db, Cursor.PAYPAL)
    try:
        events = await world.paypal.events(seen - OVERLAP if seen else until - FIRST, until)
    except GatewayError as away:
        _log.warning("the list of events cannot be read", extra={"reason": repr(away)})
        return 0
    missed: list[str] = []
    await each(world, events, lambda event: _keep(world, event, missed), "an event could not be kept")
    async with world.door.scope() as db:
        if not world.ending.is_set():
            await store.move_cursor(db, Cursor.PAYPAL, until)
    if missed:
        _log.warning("events that were never delivered", extra={"events": missed})
    return len(missed)


async def _keep(world: World, event: Event, missed: list[str]) -> None:
    if await webhooks.take(world.door, _read(event), is_signed=False):
        missed.append(event.id)


async def read_again(paypal: PayPal, door: Door, event_id: str) -> str:
    """Read one event at PayPal and have it worked on, whether it was kept before or not; return its kind."""
    event = await paypal.get_event(event_id)
    if not await webhooks.take(door, _read(event), is_signed=False):
        async with door.scope() as db:
            kept = await store.reopen(db, "paypal", event.id)
            assert kept is not None, "what is kept is never deleted"
            await outbox.enqueue(db, "webhooks.handle", event_id=kept)
    return event.event_type


def _read(event: Event) -> Notice:
    """An event that we read ourselves came by no transmission: it gets a name that no transmission has."""
    return Notice(f"read {event.id}", clock.now(), event)
