"""What is thrown away with time: done work, old answers to repeated requests, sessions and links that ended long ago, and old messages."""

import logging
from datetime import timedelta
from uuid import UUID

from exodrive.bookings.pin import store as pins
from exodrive.flows.daily import store
from exodrive.flows.world import World
from exodrive.kit import clock, outbox
from exodrive.kit.idempotency import store as idempotency
from exodrive.kit.outbox import store as promises
from exodrive.mail import store as mail
from exodrive.webhooks import store as webhooks

DONE_WORK = timedelta(days=30)
ANSWERS = timedelta(days=7)
ENDED_SESSIONS = timedelta(days=30)
DELIVERIES = timedelta(days=30)  # far longer than a signature is taken
PIN_TRIES = timedelta(days=2)  # longer than any of them counts
MESSAGES = timedelta(days=365)  # as the contact page and the privacy policy promise

_log = logging.getLogger(__name__)


async def prune(world: World, outbox_id: UUID) -> None:
    """Delete what nobody will ask for again, and mark this work done with it."""
    now = clock.now()
    async with world.door.scope() as db:
        work = await promises.prune(db, now - DONE_WORK)
        answers = await idempotency.forget(db, now - ANSWERS)
        sessions = await store.forget_sessions(db, now - ENDED_SESSIONS)
        links = await store.forget_links(db, now - ENDED_SESSIONS)
        messages = await mail.forget_messages(db, now - MESSAGES)
        tries = await pins.forget_tries(db, now - PIN_TRIES)
        deliveries = await webhooks.forget_deliveries(db, now - DELIVERIES)
        await outbox.done(db, outbox_id)
    pruned = {"work": work, "answers": answers, "sessions": sessions, "links": links, "messages": messages, "deliveries": deliveries}
    pruned |= {"tries": tries}
    _log.info("pruned", extra=pruned)
