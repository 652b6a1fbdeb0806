"""Which handler does which topic: a typed table, and the runner between queue and handlers."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar, get_type_hints
from uuid import UUID

import msgspec

from exodrive.kit import outbox
from exodrive.kit.db import Door
from exodrive.kit.jobs import Job as Queued
from exodrive.kit.outbox import store

TRIES = 5
SECONDS = 60.0  # the longest any try may take; the relay asks again only later than this

W = TypeVar("W")
Handler = Callable[..., Awaitable[None]]
_log = logging.getLogger(__name__)


class UnknownTopic(Exception):
    """Work was promised that nobody here can do: a misspelled topic, or a worker older than the promise."""


class Job(Generic[W]):
    """A handler and how it is tried: ``run(world, outbox_id, *, booking_id=…)``, its keywords typed and read from the promised ids."""

    def __init__(self, topic: str, run: Handler, tries: int, seconds: float) -> None:
        self.topic = topic
        self.run = run
        self.tries = tries
        self.seconds = seconds
        self._ids = _ids_of(run)

    async def __call__(self, world: W, work: store.Work) -> None:
        """Do the work once; raises msgspec.ValidationError when the promised ids are not what the handler takes."""
        ids = msgspec.convert(work.payload, self._ids, strict=False)
        async with asyncio.timeout(self.seconds):
            await self.run(world, work.id, **msgspec.structs.asdict(ids))


def job(topic: str, *, tries: int = TRIES, seconds: float = SECONDS) -> Callable[[Handler], Job[Any]]:
    """Make a handler the one that does this topic, tried so often (pauses double from one second) and for so long each time.

    A handler may run more than once and beside itself: it either calls ``outbox.done`` in its last transaction, or does what may be
    done twice. What it asks of the outside carries the outbox id as idempotency key.
    """
    return lambda run: Job(topic, run, tries, seconds)


def table(*jobs: Job[W]) -> dict[str, Job[W]]:
    """Return the jobs by topic; each topic has one handler."""
    by_topic = {one.topic: one for one in jobs}
    if len(by_topic) != len(jobs):
        raise ValueError("two handlers for one topic")
    return by_topic


class Runner(Generic[W]):
    """Does what the queue hands over, as the outbox tells it: the queue's word is only an id."""

    def __init__(self, door: Door, world: W, jobs: Mapping[str, Job[W]]) -> None:
        self._door = door
        self._world = world
        self._jobs = jobs

    async def run(self, queued: Queued) -> None:
        """Do one piece of work, unless it is done or dead; what the handler raises goes to the queue, which tries again."""
        async with self._door.scope() as db:
            work = await store.open_work(db, _outbox_id(queued))
        if work is None:
            return
        if work.topic not in self._jobs:
            raise UnknownTopic(work.topic)
        try:
            await self._jobs[work.topic](self._world, work)
        except outbox.AlreadyDone:
            _log.info("another run was first", extra={"outbox_id": work.id, "topic": work.topic})
            return
        async with self._door.scope() as db:
            await store.mark_done(db, work.id)

    async def bury(self, queued: Queued, error: str) -> None:
        """Record that the last try failed: the work waits for a person."""
        _log.error("work died", extra={"outbox_id": queued.id, "topic": queued.topic, "error": error})
        async with self._door.scope() as db:
            await store.mark_dead(db, _outbox_id(queued), error)


def _outbox_id(queued: Queued) -> UUID:
    return UUID(queued.id[:36])


def _ids_of(run: Handler) -> type[msgspec.Struct]:
    """Make the type of a handler's keywords: every parameter behind the world and the outbox id."""
    hints = get_type_hints(run)
    names = list(inspect.signature(run).parameters)[2:]
    return msgspec.defstruct("Ids", [(name, hints[name]) for name in names], forbid_unknown_fields=True)
