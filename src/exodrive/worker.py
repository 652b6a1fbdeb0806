"""The worker process: relay, job runner and clock together, until SIGTERM; any number of them may run."""

import asyncio
import ctypes
import logging
import os
import signal
import socket
import sys

import uvloop
from redis.exceptions import RedisError

from exodrive import assembly, settings
from exodrive.flows.jobs import JOBS
from exodrive.flows.world import World
from exodrive.kit import log, tasks, words
from exodrive.kit import redis as kit_redis
from exodrive.kit.jobs import JobQueue
from exodrive.kit.jobs import Worker as QueueWorker
from exodrive.kit.outbox import pulse
from exodrive.kit.outbox.jobs import Runner
from exodrive.kit.outbox.relay import Relay
from exodrive.schedule import Ticker

CONCURRENCY = 8  # jobs at once; with the letters each holds at most one of the pool's ten connections at a time
# Letters have a queue of their own: a mail service that hangs, or takes five a second and no more, must not keep money waiting.
LETTERS, LETTERS_AT_ONCE = "exodrive-letters", 2
BEAT = 5.0  # seconds between signs of life
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)

_log = logging.getLogger(__name__)


def main() -> None:
    """Work until SIGTERM or Ctrl-C; the jobs in hand are finished first. Raises WrongSettings."""
    read = settings.load("worker")
    log.start(read.log_level)
    words.DEFAULT = read.locale
    if read.env != "production":  # there a service manager looks after it, and the shell that started it may go
        _die_with_parent()
    uvloop.run(work(read))


async def work(read: settings.Settings) -> None:
    """Work as these settings say, until this process is told to end."""
    end = _told_to_end()
    doors = await assembly.doors(read, "worker")
    try:
        async with (
            assembly.world(read, doors, lambda opened: opened.service(), mails=True, ending=end) as world,
            assembly.following_clock(read, world.door, "worker"),
        ):
            await _run(read, world, end)
    finally:
        await doors.close()
    _log.info("ended")


async def _run(read: settings.Settings, world: World, end: asyncio.Event) -> None:
    queue = JobQueue(read.redis_url, lanes={"mail": LETTERS}, tries={job.topic: job.tries for job in JOBS.values()})
    relay = Relay(world.door, queue, listen_url=read.database_direct_url or None)
    runner = Runner(world.door, world, JOBS)
    taking = [
        QueueWorker(read.redis_url, runner.run, on_dead=runner.bury, concurrency=CONCURRENCY),
        QueueWorker(read.redis_url, runner.run, on_dead=runner.bury, concurrency=LETTERS_AT_ONCE, queue=LETTERS),
    ]
    for one in taking:
        one.start()
    parts = (end.wait(), *(one.ended() for one in taking), relay.run(), Ticker(world.door).run(), _beat(read.redis_url, relay))
    _log.info("at work", extra={"topics": sorted(JOBS)})
    try:
        await tasks.together(*parts)  # a part that failed ends the process, for its supervisor to start anew
    finally:
        _log.info("finishing the jobs in hand")
        world.ending.set()
        await asyncio.gather(*(one.close() for one in taking))
        await queue.close()


async def _beat(redis_url: str, relay: Relay) -> None:
    """Give a sign of life for as long as database and queue both answer."""
    who = f"{socket.gethostname()}:{os.getpid()}"
    async with kit_redis.patient(redis_url, wait=2.0) as redis:
        while True:
            try:
                if relay.is_well():
                    await pulse.beat(redis, who)
            except (RedisError, OSError) as away:
                _log.warning("no sign of life: %s", away)
            await asyncio.sleep(BEAT if relay.is_well() else 1)


def _told_to_end() -> asyncio.Event:
    """Return the event of being told to end, by SIGTERM or Ctrl-C."""
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    return end


def _die_with_parent() -> None:
    """Ask Linux to end this process, as by SIGTERM, when the process that started it is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
