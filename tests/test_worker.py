"""The worker as a real process: letters leave once whatever dies, the job in hand is finished, and idling costs nothing."""

import ast
import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
from redis.asyncio import Redis

import exodrive
from exodrive import schedule, worker
from exodrive.flows.jobs import JOBS
from exodrive.kit import outbox
from exodrive.kit.db import Doors
from exodrive.kit.links import LinkKeys
from exodrive.kit.outbox import pulse
from exodrive.operate.child import Child
from exodrive.operate.wiring import Process, Wiring
from tests.kit.conftest import kill, one_valkey, revive, valkey  # noqa: F401 - fixtures
from tests.mail.paid import Paid, paid_booking
from tests.operate.conftest import lives
from tests.product import Emulator, wire
from tests.servers import Servers, make_database

Start = Callable[..., Child]
ROOT = Path(__file__).parent.parent
HASTY = ("tests.hasty_worker",)
NUMBERS = count(1)


@pytest.fixture(scope="module")
async def wiring(servers: Servers, worker_number: int, one_valkey: Any, tmp_path_factory: pytest.TempPathFactory) -> Wiring:  # noqa: F811
    """A database and a Redis of these tests' own: a worker does all the work it finds."""
    database = await make_database(servers, f"exodrive_worker{worker_number}")
    return wire(tmp_path_factory.mktemp("worker"), database, one_valkey.url())


@pytest.fixture(scope="module")
async def desk(servers: Servers, wiring: Wiring) -> AsyncIterator[Doors]:
    doors = await Doors.open(worker=wiring.databases["worker"], pooler=servers.pooler)
    yield doors
    await doors.close()


@pytest.fixture(scope="module")
def post(wiring: Wiring) -> Iterator[Emulator]:
    """A Resend of these tests' own, which may be stopped."""
    post = Emulator(Process(wiring, "mail"), wiring.mail)
    post.start()
    yield post
    post.process.child.stop()


@pytest.fixture
async def start(wiring: Wiring, post: Emulator, valkey: Any) -> AsyncIterator[Start]:  # noqa: F811
    """Start a worker, or a hasty one; all are killed at the end."""
    await post.reset()
    await post.control("POST", "rate", {"per_second": 0})
    started: list[Child] = []

    def start(program: tuple[str, ...] = ("exodrive", "work")) -> Child:
        name = f"worker{next(NUMBERS)}"
        child = Child(name=name, log=wiring.folder / f"{name}.log", pid_file=wiring.folder / name)
        child.start([sys.executable, "-m", *program], env=wiring.environment(), cwd=ROOT)
        started.append(child)
        return child

    yield start
    for child in started:
        crash(child)


async def test_a_letter_leaves_once_its_promise_is_committed(start: Start, wiring: Wiring, desk: Doors, post: Emulator) -> None:
    start()
    paid, dropped = await booked(wiring, desk), await booked(wiring, desk)
    with suppress(LookupError):
        async with desk.service().scope() as db:
            await outbox.enqueue(db, "mail.confirmation", booking_id=dropped.id)
            raise LookupError
    await promise(desk, paid)
    await until(lambda: written_down(desk, [paid]))
    await asyncio.sleep(0.5)
    assert [mail["to"] for mail in await mails(post)] == [[paid.email]]


@pytest.mark.slow
async def test_letters_leave_once_each_while_workers_and_queue_are_killed(
    start: Start,
    wiring: Wiring,
    desk: Doors,
    post: Emulator,
    valkey: Any,  # noqa: F811
) -> None:
    chance = random.Random(7)
    await post.fault(kind="slow", delay=0.4, match={"method": "POST", "path_regex": "^/emails"}, times=1000)
    workers = [start(HASTY), start(HASTY)]
    bookings = [await booked(wiring, desk) for _ in range(60)]
    promising = asyncio.create_task(promise_slowly(desk, bookings))
    for blow in range(5):
        await asyncio.sleep(chance.uniform(1.0, 2.0))
        victim = chance.randrange(2)
        crash(workers[victim])
        if blow == 2:
            kill(valkey)
            await asyncio.sleep(0.5)
            revive(valkey)
        workers[victim] = start(HASTY)
    await promising
    await until(lambda: written_down(desk, bookings), 60)
    assert sorted(mail["to"][0] for mail in await mails(post)) == sorted(paid.email for paid in bookings)
    async with desk.service().scope() as db:
        events = await db.fetch(
            "select booking_id, count(*) from booking_events where event_type = 'email_sent' and booking_id = any($1) group by 1",
            [paid.id for paid in bookings],
        )
    assert dict(events) == {paid.id: 1 for paid in bookings}


async def test_with_the_mail_service_away_the_letter_goes_later_under_the_same_key(
    start: Start, wiring: Wiring, desk: Doors, post: Emulator
) -> None:
    await post.fault(kind="status", status=503, match={"method": "POST", "path_regex": "^/emails"}, times=4)
    start()
    paid = await booked(wiring, desk)
    outbox_id = await promise(desk, paid)
    await until(lambda: written_down(desk, [paid]), 30)
    assert len(await mails(post)) == 1
    keys = [call["request_id"] for call in await post.calls() if call["path"] == "/emails"]
    assert len(keys) == 5
    assert set(keys) == {str(outbox_id)}


async def test_letters_that_hang_keep_nothing_else_waiting(start: Start, wiring: Wiring, desk: Doors, post: Emulator) -> None:
    async with desk.service().scope() as db:
        await db.execute("delete from outbox")
    await post.fault(kind="slow", delay=11.0, match={"method": "POST", "path_regex": "^/emails"}, times=100)
    for _ in range(worker.CONCURRENCY + worker.LETTERS_AT_ONCE):
        await promise(desk, await booked(wiring, desk))
    start()
    await until(lambda: asked(post))
    await until(lambda: slots_done(desk, besides="mail."))
    assert await mails(post) == []
    async with desk.service().scope() as db:
        await db.execute("delete from outbox")


async def test_told_to_end_it_finishes_the_job_in_hand(start: Start, wiring: Wiring, desk: Doors, post: Emulator) -> None:
    await post.fault(kind="slow", delay=2.0, match={"method": "POST", "path_regex": "^/emails"}, times=1)
    child = start()
    paid = await booked(wiring, desk)
    await promise(desk, paid)
    await until(lambda: asked(post))
    assert child.process is not None
    child.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert await asyncio.to_thread(child.process.wait, 15) == 0
    assert 0.5 < time.monotonic() - began < 8
    assert await written_down(desk, [paid])
    assert len(await mails(post)) == 1


async def test_told_to_end_while_idle_it_ends_at_once(start: Start, wiring: Wiring, desk: Doors) -> None:
    child = start()
    await until(lambda: alive(wiring))
    assert child.process is not None
    child.process.send_signal(signal.SIGINT)
    began = time.monotonic()
    assert await asyncio.to_thread(child.process.wait, 15) == 0
    assert time.monotonic() - began < 3


async def test_it_gives_a_sign_of_life(start: Start, wiring: Wiring) -> None:
    start()
    await until(lambda: alive(wiring))


async def test_it_starts_before_the_queue_is_there(start: Start, wiring: Wiring, desk: Doors, valkey: Any) -> None:  # noqa: F811
    kill(valkey)
    start()
    await asyncio.sleep(1.5)
    revive(valkey)
    paid = await booked(wiring, desk)
    await promise(desk, paid)
    await until(lambda: written_down(desk, [paid]), 30)


async def test_two_workers_run_each_slot_of_recurring_work_once(start: Start, desk: Doors) -> None:
    async with desk.service().scope() as db:
        await db.execute("delete from outbox")
    workers = [start(), start()]
    await until(lambda: at_work(workers))
    await until(lambda: slots_done(desk))
    await asyncio.sleep(1)
    said = "".join(child.log.read_text() for child in workers)
    assert said.count('"message":"pruned"') == 1


async def test_it_ends_when_whoever_started_it_is_killed(wiring: Wiring, start: Start) -> None:
    starter = (
        "import subprocess, sys, time; print(subprocess.Popen([sys.executable, '-m', 'exodrive', 'work']).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", starter], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=wiring.environment(), cwd=ROOT
    )
    assert parent.stdout is not None
    orphan = psutil.Process(int(await asyncio.to_thread(parent.stdout.readline)))
    try:
        await until(lambda: alive(wiring))
        parent.kill()
        parent.wait()
        await until(lambda: ended(orphan), 10)
    finally:
        with suppress(psutil.NoSuchProcess):
            orphan.kill()


def test_every_promised_topic_has_a_handler() -> None:
    assert set(schedule.PLAN) <= set(JOBS)
    assert enqueued_topics() <= set(JOBS)
    assert "mail.confirmation" in enqueued_topics()


def enqueued_topics() -> set[str]:
    """Every topic the source promises by name."""
    topics = set()
    for path in Path(exodrive.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "enqueue":
                topic = node.args[1]
                assert isinstance(topic, ast.Constant), f"{path}: a topic is a word, not a value"
                topics.add(topic.value)
    return topics


async def booked(wiring: Wiring, desk: Doors) -> Paid:
    return await paid_booking(desk, LinkKeys([wiring.keys.link_key]))


async def promise(desk: Doors, paid: Paid) -> UUID:
    async with desk.service().scope() as db:
        return await outbox.enqueue(db, "mail.confirmation", booking_id=paid.id)


async def promise_slowly(desk: Doors, bookings: list[Paid]) -> None:
    for paid in bookings:
        await promise(desk, paid)
        await asyncio.sleep(0.12)


async def written_down(desk: Doors, bookings: list[Paid]) -> bool:
    async with desk.service().scope() as db:
        ids = [paid.id for paid in bookings]
        return await db.fetchval("select count(*) from inbox_emails where booking_id = any($1)", ids) == len(bookings)


async def mails(post: Emulator) -> list[dict[str, Any]]:
    return list(await post.control("GET", "mails"))


async def asked(post: Emulator) -> bool:
    return any(call["path"] == "/emails" for call in await post.calls())


async def alive(wiring: Wiring) -> bool:
    async with Redis.from_url(wiring.redis, protocol=2) as redis:
        return await pulse.felt(redis)


async def at_work(workers: list[Child]) -> bool:
    return all('"message":"at work"' in child.log.read_text() for child in workers)


async def ended(process: psutil.Process) -> bool:
    return not lives(process)


async def slots_done(desk: Doors, besides: str = "none") -> bool:
    async with desk.service().scope() as db:
        done = await db.fetch("select distinct job from outbox where job is not null and done_at is not null")
    return {job for (job,) in done} >= {job for job in schedule.PLAN if not job.startswith(besides)}


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.05)


def crash(child: Child) -> None:
    if child.process is not None and child.process.returncode is None:
        child.process.kill()
        child.process.wait()
