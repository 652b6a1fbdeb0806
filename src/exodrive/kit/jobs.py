"""The job queue: BullMQ behind a typed door. Redis only carries; the outbox remembers what is to be done.

BullMQ has no types, so ``Any`` stays inside this file. Ids are UUIDs: ids of digits only, or with a colon, are refused
by its other ports.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from bullmq import Queue
from bullmq import Worker as BullWorker
from bullmq.custom_errors import DelayedError
from redis.exceptions import RedisError

from exodrive.kit import tasks
from exodrive.kit.redis import patient

QUEUE = "exodrive"
ATTEMPTS = 5
# Measured with a worker killed in mid-job: its job runs again after about twelve seconds, and twenty crashes in a row
# are survived. BullMQ's own settings need a minute and give up at the second crash.
_WORKER = {
    "lockDuration": 10_000,
    "stalledInterval": 5_000,
    "maxStalledCount": 20,
    "runRetryDelay": 1_000,
    "autorun": False,
}
_AGAIN = 5_000  # milliseconds until a job whose death could not be recorded comes back
_GRACE = 7.0  # seconds for the jobs in hand once we close: BullMQ then renews no lock, and one may live no longer than 7.5 s more
_FAREWELL = 5.0  # seconds for what was broken off to end by itself

Payload = dict[str, Any]
_log = logging.getLogger(__name__)


class Job(msgspec.Struct, frozen=True):
    """One piece of work as the handler sees it; ``attempt`` counts from 1."""

    id: str
    topic: str
    payload: Payload
    attempt: int


class JobQueue:
    """Puts jobs into the queue, each topic to be tried as often as ``tries`` says. Adding an id that is still in the queue does nothing.

    ``lanes`` names a queue of their own for all topics of an area (``mail`` for ``mail.receipt``), with a worker of its own: what waits
    there keeps nothing else waiting.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        queue: str = QUEUE,
        lanes: Mapping[str, str] | None = None,
        tries: Mapping[str, int] | None = None,
        backoff_ms: int = 1_000,
    ) -> None:
        self._tries = tries or {}
        self._options = {
            "backoff": {"type": "exponential", "delay": backoff_ms},
            "removeOnComplete": True,
            "removeOnFail": {"count": 1000},
        }
        self._queue: Any = _queue(redis_url, queue)
        self._lanes: dict[str, Any] = {area: _queue(redis_url, lane) for area, lane in (lanes or {}).items()}

    async def add_many(self, jobs: Sequence[tuple[str, str, Payload]]) -> None:
        """Add jobs given as (id, topic, payload), in one round trip for each queue. Raises RedisError when Redis is away."""
        by_queue: dict[Any, list[dict[str, Any]]] = {}
        for job_id, topic, payload in jobs:
            queue = self._lanes.get(topic.partition(".")[0], self._queue)
            by_queue.setdefault(queue, []).append({"name": topic, "data": payload, "opts": self._options_of(job_id, topic)})
        for queue, bulk in by_queue.items():
            await queue.addBulk(bulk)

    def _options_of(self, job_id: str, topic: str) -> dict[str, Any]:
        return {**self._options, "attempts": self._tries.get(topic, ATTEMPTS), "jobId": job_id}

    async def counts(self) -> dict[str, int]:
        """Return how many jobs are waiting, active, delayed and failed, lanes left out."""
        counts: dict[str, int] = await self._queue.getJobCounts("wait", "active", "delayed", "failed")
        return counts

    async def close(self) -> None:
        """Close the connections."""
        for queue in (self._queue, *self._lanes.values()):
            await queue.close()


def _queue(redis_url: str, name: str) -> Any:
    return Queue(name, {"connection": patient(redis_url, wait=2.0)})


Handler = Callable[[Job], Awaitable[None]]
OnDead = Callable[[Job, str], Awaitable[None]]


class Worker:
    """Takes jobs from the queue and hands them to one handler; a handler that raises is tried again, later and later.

    A job may run more than once (a crash, a lost answer): the handler must look first whether the work is done.
    When the last attempt has failed, ``on_dead(job, why)`` is awaited before the queue lets go of the job.
    """

    def __init__(self, redis_url: str, handler: Handler, *, on_dead: OnDead, concurrency: int = 10, queue: str = QUEUE) -> None:
        self._handler = handler
        self._on_dead = on_dead
        self._burials: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._worker: Any = BullWorker(queue, self._process, {**_WORKER, "concurrency": concurrency, "connection": patient(redis_url)})
        self._worker.on("failed", self._failed)
        self._worker.on("error", lambda error, *_: _log.warning("job queue: %s", error))

    def start(self) -> None:
        """Begin to take jobs, in a task of this loop."""
        self._running = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait until no more jobs are taken; raises when that is not because of ``close``."""
        if self._running:
            await asyncio.shield(self._running)

    async def _run(self) -> None:
        """Take jobs until closed. BullMQ gives up when the server is away at the very start, so it is asked again."""
        while not self._worker.closing:
            try:
                await self._worker.run()
                break
            except (RedisError, OSError) as away:
                _log.warning("job queue: %s", away)
                await asyncio.sleep(1)
        if not self._worker.closing:
            raise RuntimeError("the job queue's worker stopped by itself")

    async def close(self, *, grace: float = _GRACE) -> None:
        """Take no more jobs and let those under way finish, for at most ``grace`` seconds; then they are broken off, and done again."""
        closing = asyncio.create_task(self._worker.close())
        done, _ = await asyncio.wait({closing}, timeout=grace)
        if not done:
            await self._worker.close(force=True)
        last = {closing, *self._burials, *([self._running] if self._running else [])}
        done, left = await asyncio.wait(last, timeout=_FAREWELL)
        await tasks.end(left)
        for task in done:
            task.result()

    async def _process(self, job: Any, token: str) -> None:
        mine = _job(job)
        try:
            await self._handler(mine)
        except Exception as error:
            _log.exception("job failed", extra={"job": mine.id, "topic": mine.topic, "attempt": mine.attempt})
            if mine.attempt >= int(job.opts.get("attempts") or 1):
                await self._bury_or_delay(job, mine, error, token)
            raise

    async def _bury_or_delay(self, job: Any, mine: Job, error: Exception, token: str) -> None:
        """Record a death before BullMQ does: a failed job it remembers would otherwise never be added again."""
        try:
            await self._on_dead(mine, repr(error))
        except Exception as trouble:
            _log.exception("a dead job could not be recorded", extra={"job": mine.id})
            await job.moveToDelayed(round(time.time() * 1000) + _AGAIN, token)  # the queue's time, no business time
            raise DelayedError from trouble

    def _failed(self, job: Any, error: Exception) -> None:
        """Bury a job that BullMQ gave up by itself: it was lost in twenty crashes and never reached the handler again."""
        if job.deferredFailure:
            burial = asyncio.create_task(self._bury(_job(job), str(error)))
            self._burials.add(burial)
            burial.add_done_callback(self._burials.discard)

    async def _bury(self, job: Job, why: str) -> None:
        try:
            await self._on_dead(job, why)
        except Exception:
            _log.exception("a dead job could not be recorded", extra={"job": job.id})


def _job(job: Any) -> Job:
    return Job(id=job.id, topic=job.name, payload=job.data, attempt=int(job.attemptsMade) + 1)
