"""The relay: hands promised work to the queue, and again when the queue seems to have forgotten it. Nobody else enqueues."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import timedelta

from exodrive.kit import tasks
from exodrive.kit.db import Door
from exodrive.kit.jobs import JobQueue
from exodrive.kit.outbox import store
from exodrive.kit.outbox.listen import listen

BATCH = 100
AGAIN_AFTER = timedelta(seconds=90)  # longer than any try of a job; what the queue still knows is not queued twice
LOOK = 1.0  # seconds between looks when nobody wakes us
LOOK_WOKEN = 5.0  # seconds between looks when the database wakes us: only for what the queue forgot

_log = logging.getLogger(__name__)


class Relay:
    """One per worker process; several at once share the work row by row."""

    def __init__(self, door: Door, queue: JobQueue, *, listen_url: str | None = None, again_after: timedelta = AGAIN_AFTER) -> None:
        self._door = door
        self._queue = queue
        self._listen_url = listen_url
        self._again_after = again_after
        self._woken = asyncio.Event()
        self._went_well_at = float("-inf")

    def is_well(self, within: float = 10.0) -> bool:
        """Tell whether database and queue both answered within so many seconds."""
        return time.monotonic() - self._went_well_at < within

    async def run(self) -> None:
        """Hand over work until cancelled; trouble with the database or the queue is logged and tried again."""
        listening = [listen(self._listen_url, self._woken.set)] if self._listen_url else []
        await tasks.together(self._hand_over_for_ever(), *listening)

    async def _hand_over_for_ever(self) -> None:
        while True:
            self._woken.clear()
            if await self._try_hand_over() < BATCH:
                await self._rest()

    async def _try_hand_over(self) -> int:
        try:
            handed = await self.hand_over()
        except Exception as trouble:  # the relay outlives whatever befalls database and queue
            _log.warning("relay: %r", trouble)
            await asyncio.sleep(LOOK)
            return 0
        self._went_well_at = time.monotonic()
        return handed

    async def hand_over(self) -> int:
        """Hand one batch to the queue and return its size.

        The rows stay locked until the queue has taken them: a relay that dies in between leaves them to the next one, and an id that
        the queue has already is not queued twice.
        """
        async with self._door.scope() as db:
            waiting = await store.take(db, self._again_after, BATCH)
            if waiting:
                await self._queue.add_many([(work.queue_id, work.topic, {}) for work in waiting])
                await store.mark_sent(db, [work.id for work in waiting])
        return len(waiting)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_WOKEN if self._listen_url else LOOK):  # wait_for swallows a cancellation before Python 3.12
                await self._woken.wait()
