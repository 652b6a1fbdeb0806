"""The outbox: what is promised is done, and what is not committed never is, whatever dies on the way."""
# long: every way work can be cut short, beside each other

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest
from redis.asyncio import Redis

from exodrive.kit import outbox
from exodrive.kit.db import Door, Doors
from exodrive.kit.ids import new_id
from exodrive.kit.jobs import Job as Queued
from exodrive.kit.jobs import JobQueue
from exodrive.kit.outbox import pulse, store
from exodrive.kit.outbox.jobs import Runner, UnknownTopic, job, table
from exodrive.kit.outbox.relay import BATCH, Relay
from exodrive.operate.valkey import Valkey
from tests.kit.conftest import freeze, kill, revive
from tests.servers import Database, Servers, make_database

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
async def promises(servers: Servers, worker_number: int) -> Database:
    """A database of these tests' own: a relay takes all the work it finds."""
    database = await make_database(servers, f"exodrive_outbox{worker_number}")
    owner = await asyncpg.connect(database.url("owner"))
    await owner.execute("create table effects (outbox_id uuid not null, number integer not null)")
    await owner.execute("grant select, insert, delete on effects to service_role")
    await owner.close()
    return database


@pytest.fixture(scope="module")
async def all_doors(promises: Database) -> AsyncIterator[Doors]:
    urls = {login: promises.url(login) for login in ("checkout", "staff", "worker")}
    doors = await Doors.open(**urls, pooler=promises.servers.pooler)
    yield doors
    await doors.close()


@pytest.fixture
async def door(all_doors: Doors) -> Door:
    door = all_doors.service()
    async with door.scope() as db:
        await db.execute("delete from outbox")
        await db.execute("delete from effects")
    return door


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[JobQueue]:
    queue = JobQueue(valkey.url())
    yield queue
    await queue.close()


@pytest.fixture
def start(promises: Database, valkey: Valkey) -> Iterator[Start]:
    """Start a worker process; all are killed at the end."""
    started = []

    def start(listen: str = "listen") -> "subprocess.Popen[bytes]":
        listen_url = promises.direct_url("worker") if listen == "listen" else ""
        where = [promises.url("worker"), promises.servers.pooler, valkey.url(), listen_url]
        command = [sys.executable, "-m", "tests.kit.outbox_worker", *where]
        started.append(subprocess.Popen(command))
        return started[-1]

    yield start
    for process in started:
        kill_process(process)


async def test_work_is_promised_with_its_cause_or_not_at_all(door: Door, queue: JobQueue) -> None:
    with suppress(LookupError):
        async with door.scope() as db:
            await outbox.enqueue(db, "test.effect", number=1)
            raise LookupError
    async with door.scope() as db:
        kept = await outbox.enqueue(db, "test.effect", number=2)
    await Relay(door, queue).hand_over()
    assert await column(door, "id") == [kept]
    assert (await queue.counts())["wait"] == 1


async def test_checkout_and_staff_may_promise_work(all_doors: Doors, door: Door) -> None:
    for promising in (all_doors.checkout(), all_doors.admin(new_id())):
        async with promising.scope() as db:
            await outbox.enqueue(db, "test.effect", booking_id=new_id())
    assert await column(door, "topic") == ["test.effect", "test.effect"]


async def test_a_slot_is_promised_once_whoever_promises_it(all_doors: Doors, door: Door) -> None:
    slot = datetime(2026, 6, 1, 10, 5, tzinfo=UTC)
    for promising in (door, all_doors.checkout(), door):
        async with promising.scope() as db:
            await outbox.enqueue_slot(db, "test.effect", slot)
    assert await column(door, "slot") == [slot]


async def test_the_relay_hands_over_in_batches_and_each_row_once(door: Door, queue: JobQueue) -> None:
    await promise(door, BATCH + 5)
    relay = Relay(door, queue)
    assert [await relay.hand_over() for _ in range(3)] == [BATCH, 5, 0]
    assert (await queue.counts())["wait"] == BATCH + 5
    assert set(await column(door, "sends")) == {1}


async def test_two_relays_at_once_share_the_work(door: Door, queue: JobQueue) -> None:
    await promise(door, 2 * BATCH)
    handed = await asyncio.gather(*(Relay(door, queue).hand_over() for _ in range(4)))
    while left := await Relay(door, queue).hand_over():
        handed.append(left)
    assert sum(handed) == 2 * BATCH
    assert set(await column(door, "sends")) == {1}


async def test_what_the_queue_forgot_is_handed_over_again_and_what_it_knows_is_not_queued_twice(
    door: Door, queue: JobQueue, valkey: Valkey
) -> None:
    await promise(door, 3)
    relay = Relay(door, queue, again_after=timedelta(0))
    await relay.hand_over()
    await relay.hand_over()
    assert (await queue.counts())["wait"] == 3
    async with Redis.from_url(valkey.url(), protocol=2) as admin:
        await admin.flushall()
    await relay.hand_over()
    assert (await queue.counts())["wait"] == 3


async def test_work_handed_over_lately_is_left_to_the_queue(door: Door, queue: JobQueue) -> None:
    await promise(door, 3)
    await Relay(door, queue).hand_over()
    assert await Relay(door, queue, again_after=timedelta(seconds=60)).hand_over() == 0


@pytest.mark.parametrize("trouble", [freeze, kill])
async def test_work_stays_waiting_while_the_queue_is_away(
    door: Door, queue: JobQueue, valkey: Valkey, trouble: Callable[[Valkey], None]
) -> None:
    await promise(door, 2)
    trouble(valkey)
    with pytest.raises(Exception, match=r".*"):
        await Relay(door, queue).hand_over()
    assert await column(door, "sent_at") == [None, None]


async def test_a_handler_gets_its_ids_typed(door: Door) -> None:
    got: list[object] = []

    @job("test.typed")
    async def typed(world: str, outbox_id: UUID, booking_id: UUID, count: int, on: datetime | None = None) -> None:
        got.extend([world, outbox_id, booking_id, count])

    booking_id = new_id()
    async with door.scope() as db:
        outbox_id = await outbox.enqueue(db, "test.typed", booking_id=booking_id, count=3)
    with pytest.raises(msgspec.ValidationError):  # a promise without all ids is a bug, and is not run
        await Runner(door, "world", table(typed)).run(queued(outbox_id))
    async with door.scope() as db:
        outbox_id = await outbox.enqueue(db, "test.typed", booking_id=booking_id, count=3, on="2026-06-01T10:00:00Z")
    await Runner(door, "world", table(typed)).run(queued(outbox_id))
    assert got == ["world", outbox_id, booking_id, 3]


async def test_work_that_is_done_or_dead_is_not_done_again(door: Door) -> None:
    runs: list[UUID] = []
    runner = Runner(door, None, table(remembering(runs)))
    [finished, dead] = await promise(door, 2, topic="test.remember")
    await runner.bury(queued(dead), "ValueError()")
    for _ in range(3):
        await runner.run(queued(finished))
        await runner.run(queued(dead))
    assert runs == [finished]


async def test_work_that_nobody_promised_is_ignored(door: Door) -> None:
    runs: list[UUID] = []
    await Runner(door, None, table(remembering(runs))).run(queued(new_id()))
    assert runs == []


async def test_a_topic_without_a_handler_fails_aloud(door: Door) -> None:
    [outbox_id] = await promise(door, 1, topic="test.misspelled")
    with pytest.raises(UnknownTopic, match="misspelled"):
        await Runner(door, None, {}).run(queued(outbox_id))


async def test_of_two_runs_at_once_only_one_keeps_its_effect(door: Door) -> None:
    both_began = asyncio.Barrier(2)

    @job("test.race")
    async def race(world: Door, outbox_id: UUID) -> None:
        await both_began.wait()
        async with world.scope() as db:
            await db.execute("insert into effects (outbox_id, number) values ($1, 1)", outbox_id)
            await outbox.done(db, outbox_id)

    runner = Runner(door, door, table(race))
    async with door.scope() as db:
        outbox_id = await outbox.enqueue(db, "test.race")
    await asyncio.gather(runner.run(queued(outbox_id)), runner.run(queued(outbox_id)))
    assert await effects(door) == {1: 1}


async def test_a_handler_that_hangs_is_broken_off(door: Door) -> None:
    @job("test.hang", seconds=0.05)
    async def hang(world: None, outbox_id: UUID) -> None:
        await asyncio.sleep(60)

    async with door.scope() as db:
        outbox_id = await outbox.enqueue(db, "test.hang")
    with pytest.raises(TimeoutError):
        await Runner(door, None, table(hang)).run(queued(outbox_id))
    assert await column(door, "done_at") == [None]


def test_two_handlers_for_one_topic_are_refused() -> None:
    with pytest.raises(ValueError, match="two handlers"):
        table(remembering([]), remembering([]))


async def test_dead_letters_tell_what_failed_and_why_and_are_retried_by_hand(door: Door, all_doors: Doors, start: Start) -> None:
    [outbox_id] = await promise(door, 1, topic="test.fail", bare=True)
    start()
    await until(lambda: column(door, "dead_at", "is not null"))
    async with door.scope() as db:
        [letter] = await outbox.dead_letters(db)
    assert (letter.id, letter.topic, letter.error) == (outbox_id, "test.fail", "ValueError('no such booking')")

    async with door.scope() as db:
        await db.execute("insert into effects (outbox_id, number) values ($1, 0)", outbox_id)  # the cause is mended
    async with all_doors.admin(new_id()).scope() as db:
        assert await outbox.retry(db, outbox_id)
    await until(lambda: column(door, "done_at", "is not null"))
    async with door.scope() as db:
        assert await outbox.dead_letters(db) == []
        assert not await outbox.retry(db, outbox_id)


async def test_work_dies_again_when_its_cause_was_not_mended(door: Door, start: Start) -> None:
    [outbox_id] = await promise(door, 1, topic="test.fail", bare=True)
    start()
    await until(lambda: column(door, "dead_at", "is not null"))
    async with door.scope() as db:
        await outbox.retry(db, outbox_id)
    await until(lambda: column(door, "dead_at", "is not null"))


@pytest.mark.parametrize("listen", ["listen", "poll"])
async def test_promised_work_is_done_soon(door: Door, start: Start, listen: str) -> None:
    start(listen)
    await promise(door, 1)
    await until(lambda: effects(door))
    began = time.monotonic()
    await promise(door, 1, first=7)
    await until(lambda: effects_of(door, 7), 5)
    assert time.monotonic() - began < 3  # without being woken, a relay that listens would look after five


async def are_gone(admin: "asyncpg.Connection[asyncpg.Record]", pids: list[int]) -> bool:
    return not await admin.fetchval("select count(*) from pg_stat_activity where pid = any($1::int[])", pids)


async def test_the_relay_is_woken_again_after_its_connection_was_cut(promises: Database, door: Door, start: Start) -> None:
    start()
    await promise(door, 1)
    await until(lambda: effects(door))
    admin = await asyncpg.connect(promises.url("superuser"))
    theirs = "with them as materialized (select pid from pg_stat_activity where datname = $1 and usename = 'exodrive_worker_login')"
    cut = [row[0] for row in await admin.fetch(f"{theirs} select pid from them where pg_terminate_backend(pid)", promises.name)]
    assert len(cut) >= 2
    await until(lambda: are_gone(admin, cut), 15)  # our own promises go over one of them
    await until(lambda: listens(admin), 15)
    await admin.close()
    await promise(door, 1, first=5)
    await until(lambda: effects_of(door, 5), 10)
    began = time.monotonic()
    await promise(door, 1, first=9)
    await until(lambda: effects_of(door, 9), 10)
    assert time.monotonic() - began < 3


@pytest.mark.slow
async def test_nothing_is_lost_or_done_twice_while_workers_and_queue_are_killed(door: Door, valkey: Valkey, start: Start) -> None:
    chance = random.Random(20261101)
    workers = [start("listen"), start("poll")]
    promising = asyncio.create_task(promise_for_a_while(door, 120))
    for blow in range(8):
        await asyncio.sleep(chance.uniform(0.4, 1.2))
        victim = chance.randrange(2)
        kill_process(workers[victim])
        if blow in (2, 5):
            kill(valkey)
            await asyncio.sleep(0.5)
            revive(valkey)
        if blow in (3, 6):
            async with Redis.from_url(valkey.url(), protocol=2) as admin:
                await admin.flushall()
        workers[victim] = start("listen")
    promised = await promising
    await until(lambda: nothing_open(door), 60)
    done = await effects(door)
    assert {number: times for number, times in done.items() if number > 0} == dict.fromkeys(promised, 1)
    assert not any(await column(door, "dead_at"))


async def test_a_sign_of_life_is_felt_until_it_fades(valkey: Valkey) -> None:
    async with Redis.from_url(valkey.url(), protocol=2) as redis:
        assert not await pulse.felt(redis)
        await pulse.beat(redis, "here:1")
        assert await pulse.felt(redis)
        assert 0 < await redis.ttl(pulse.KEY) <= pulse.SECONDS


async def test_work_done_long_ago_is_pruned_and_open_work_is_not(door: Door) -> None:
    [old, fresh, waiting] = await promise(door, 3)
    async with door.scope() as db:
        await store.mark_done(db, old)
        await store.mark_done(db, fresh)
        await db.execute("update outbox set done_at = done_at - interval '31 days' where id = $1", old)
        await db.execute("update outbox set created_at = created_at - interval '90 days' where id = $1", waiting)
        before = await db.fetchval("select (select exodrive_private.now()) - interval '30 days'")
        assert await store.prune(db, before) == 1
    assert set(await column(door, "id")) == {fresh, waiting}


def remembering(runs: list[UUID]):
    @job("test.remember")
    async def remember(world: None, outbox_id: UUID, number: int) -> None:
        runs.append(outbox_id)

    return remember


def queued(outbox_id: UUID) -> Queued:
    return Queued(id=str(outbox_id), topic="from the queue", payload={}, attempt=1)


async def promise(door: Door, count: int, *, topic: str = "test.effect", first: int = 1, bare: bool = False) -> list[UUID]:
    async with door.scope() as db:
        return [await outbox.enqueue(db, topic, **({} if bare else {"number": first + n})) for n in range(count)]


async def promise_for_a_while(door: Door, count: int) -> list[int]:
    """Promise work, every tenth of it rolled back, every twentieth slow; return what was committed."""
    kept = []
    for number in range(1, count + 1):
        topic = "test.slow" if number % 20 == 7 else "test.effect"
        with suppress(LookupError):
            async with door.scope() as db:
                await outbox.enqueue(db, topic, number=number)
                if number % 10 == 0:
                    raise LookupError
            kept.append(number)
        await asyncio.sleep(0.05)
    return kept


async def column(door: Door, name: str, having: str | None = None) -> list[object]:
    where = f"where {name} {having}" if having else ""
    async with door.scope() as db:
        return [row[0] for row in await db.fetch(f"select {name} from outbox {where} order by created_at, id")]


async def effects(door: Door) -> dict[int, int]:
    async with door.scope() as db:
        return dict(await db.fetch("select number, count(*) from effects group by number"))


async def effects_of(door: Door, number: int) -> int:
    return (await effects(door)).get(number, 0)


async def listens(admin: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return await admin.fetchval(
        "select exists (select from pg_stat_activity where datname = current_database() and query ilike 'listen %')"
    )


async def nothing_open(door: Door) -> bool:
    return None not in await column(door, "coalesce(done_at, dead_at)")


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.03)


def kill_process(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
