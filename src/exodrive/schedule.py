"""Recurring work, one line each. The clock's slots are rows of the outbox, so a slot runs once whatever the number of workers."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from exodrive.kit import clock, outbox
from exodrive.kit.db import Door
from exodrive.kit.outbox import store

Every = timedelta

PLAN = {
    "bookings.tidy": Every(minutes=5),
    "bookings.no_shows": Every(minutes=1),
    "bookings.begin": Every(minutes=5),
    "bookings.overdue": Every(minutes=5),
    "bookings.approvals": Every(minutes=1),
    "instalments.remind": Every(minutes=10),
    "webhooks.catch_up": Every(minutes=10),
    "payments.settle_open": Every(minutes=1),
    "payments.unheard": Every(minutes=1),
    "mail.promise_held": Every(minutes=1),
    "claims.settle_due": Every(minutes=1),
    "invoices.look_at_all": Every(minutes=2),
    "deposits.look_at_all": Every(minutes=5),
    "wallets.look_at_all": Every(minutes=1),
    "payments.check": Every(days=1),
    "payments.compare": Every(hours=1),
    "outbox.prune": Every(days=1),
}
LOOK = 2.0  # seconds between looks at the clock; the database is asked only when a new slot begins

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


def slot(now: datetime, every: timedelta) -> datetime:
    """Return the beginning of the slot this moment lies in; days begin at midnight UTC."""
    return now - (now - _EPOCH) % every


def slots(now: datetime) -> dict[str, datetime]:
    """Return the present slot of each recurring job: after a pause only the newest counts, missed ones are not made up."""
    return {job: slot(now, every) for job, every in PLAN.items()}


async def tick(door: Door) -> None:
    """Promise the present slot of every recurring job; asking again within the slot does nothing. For any role that may promise work."""
    async with door.scope() as db:
        for job, begins in slots(clock.now()).items():
            await outbox.enqueue_slot(db, job, begins)


class Ticker:
    """Looks at the clock in every worker, and writes down each new slot it sees."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._seen: dict[str, datetime] = {}

    async def run(self) -> None:
        """Tick until cancelled; trouble with the database is logged and tried again."""
        while True:
            try:
                await self.look()
            except Exception as trouble:  # the clock outlives whatever befalls the database
                _log.warning("schedule: %r", trouble)
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Promise the slots that began since the last look, and drop older ones that nobody began."""
        present = slots(clock.now())
        if new := {job: begins for job, begins in present.items() if self._seen.get(job) != begins}:
            async with self._door.scope() as db:
                for job, begins in new.items():
                    await outbox.enqueue_slot(db, job, begins)
                    await store.pass_over(db, job, begins)
        self._seen = present
