"""A worker process to be killed: relay and runner over a database and a Redis of the test, with three kinds of work."""

import asyncio
import sys
from datetime import timedelta
from uuid import UUID

from exodrive.kit import log, outbox
from exodrive.kit.db import Doors
from exodrive.kit.jobs import JobQueue, Worker
from exodrive.kit.outbox.jobs import Runner, job, table
from exodrive.kit.outbox.relay import Relay

AGAIN_AFTER = timedelta(seconds=3)


@job("test.effect")
async def effect(doors: Doors, outbox_id: UUID, number: int) -> None:
    """One effect in the database, marked done with it."""
    await asyncio.sleep(0.02)
    async with doors.service().scope() as db:
        await db.execute("insert into effects (outbox_id, number) values ($1, $2)", outbox_id, number)
        await outbox.done(db, outbox_id)


@job("test.slow")
async def slow(doors: Doors, outbox_id: UUID, number: int) -> None:
    """Takes a while."""
    async with doors.service().scope() as db:
        await db.execute("insert into effects (outbox_id, number) values ($1, $2)", outbox_id, -number)
    await asyncio.sleep(1.5)
    await effect.run(doors, outbox_id, number)


@job("test.fail", tries=2)
async def fail(doors: Doors, outbox_id: UUID) -> None:
    """Fails, until the cause is mended."""
    async with doors.service().scope() as db:
        if not await db.fetchval("select exists (select from effects where number = 0)"):
            raise ValueError("no such booking")
        await outbox.done(db, outbox_id)


JOBS = table(effect, slow, fail)


async def main(database_url: str, pooler: str, redis_url: str, listen_url: str) -> None:
    log.start("WARNING")
    doors = await Doors.open(worker=database_url, pooler=pooler)
    queue = JobQueue(redis_url, tries={one.topic: one.tries for one in JOBS.values()}, backoff_ms=100)
    relay = Relay(doors.service(), queue, listen_url=listen_url or None, again_after=AGAIN_AFTER)
    runner = Runner(doors.service(), doors, JOBS)
    worker = Worker(redis_url, runner.run, on_dead=runner.bury)
    worker.start()
    await relay.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
