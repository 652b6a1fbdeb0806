"""The job queue against a real Valkey: at least once, one id once, retries, deaths, crashes."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from exodrive.kit.jobs import Handler, Job, JobQueue, OnDead, Worker
from exodrive.operate.valkey import Valkey
from tests.kit.conftest import freeze, kill, revive

Start = Callable[..., Worker]


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[JobQueue]:
    queue = JobQueue(valkey.url(), backoff_ms=150)
    yield queue
    await queue.close()


@pytest.fixture
async def start(valkey: Valkey) -> AsyncIterator[Start]:
    workers = []

    async def mourn(job: Job, why: str) -> None:
        raise AssertionError(f"{job} died: {why}")

    def start(handler: Handler, on_dead: OnDead = mourn, concurrency: int = 10) -> Worker:
        worker = Worker(valkey.url(), handler, on_dead=on_dead, concurrency=concurrency)
        worker.start()
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        await worker.close(grace=2)


class Book:
    """A handler that remembers what it was given."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def __call__(self, job: Job) -> None:
        self.jobs.append(job)


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


def a_job(topic: str = "mail.confirmation", **payload: object) -> tuple[str, str, dict[str, object]]:
    return str(uuid4()), topic, payload


async def test_a_job_reaches_the_handler_as_it_was_given(queue: JobQueue, start: Start) -> None:
    book = Book()
    start(book)
    job_id, topic, payload = a_job(booking_id="b-1", sums=["10.00", None, {"nested": True}])
    await queue.add_many([(job_id, topic, payload)])
    await until(lambda: len(book.jobs) == 1)
    assert book.jobs == [Job(id=job_id, topic=topic, payload=payload, attempt=1)]


async def test_hundreds_of_jobs_each_run_once(queue: JobQueue, start: Start) -> None:
    book = Book()
    start(book)
    start(book)
    jobs = [a_job(number=n) for n in range(300)]
    await queue.add_many(jobs)
    await until(lambda: len(book.jobs) >= 300)
    await asyncio.sleep(0.3)
    assert sorted(job.id for job in book.jobs) == sorted(job_id for job_id, _, _ in jobs)


async def test_one_id_added_five_times_runs_once(queue: JobQueue, start: Start) -> None:
    book, job = Book(), a_job()
    for _ in range(5):
        await queue.add_many([job])
    start(book)
    await until(lambda: len(book.jobs) == 1)
    await asyncio.sleep(0.3)
    assert len(book.jobs) == 1


async def test_an_id_under_work_is_not_given_to_a_second_worker(queue: JobQueue, start: Start) -> None:
    begun, end = [], asyncio.Event()

    async def handle(job: Job) -> None:
        begun.append(job.id)
        await end.wait()

    start(handle)
    start(handle)
    job = a_job()
    await queue.add_many([job])
    await until(lambda: len(begun) == 1)
    await queue.add_many([job])
    await asyncio.sleep(0.3)
    end.set()
    assert len(begun) == 1


async def test_adding_nothing_asks_nothing(valkey: Valkey) -> None:
    kill(valkey)
    queue = JobQueue(valkey.url())
    await queue.add_many([])
    await queue.close()


async def test_a_failing_job_is_tried_five_times_later_and_later_and_then_buried(queue: JobQueue, start: Start) -> None:
    tries: list[tuple[int, float]] = []
    dead: list[tuple[Job, str]] = []

    async def fail(job: Job) -> None:
        tries.append((job.attempt, time.monotonic()))
        raise ValueError("no such booking")

    async def bury(job: Job, why: str) -> None:
        dead.append((job, why))

    start(fail, bury)
    await queue.add_many([a_job("webhooks.handle")])
    await until(lambda: bool(dead))
    await asyncio.sleep(0.2)
    assert [attempt for attempt, _ in tries] == [1, 2, 3, 4, 5]
    pauses = [later - earlier for (_, earlier), (_, later) in pairwise(tries)]
    assert all(pause >= 0.15 * 2**n for n, pause in enumerate(pauses)), pauses
    [(job, why)] = dead
    assert (job.topic, job.attempt, why) == ("webhooks.handle", 5, "ValueError('no such booking')")
    assert (await queue.counts())["failed"] == 1


async def test_a_job_that_heals_is_not_buried(queue: JobQueue, start: Start) -> None:
    attempts = []

    async def heal(job: Job) -> None:
        attempts.append(job.attempt)
        if job.attempt < 3:
            raise ConnectionError

    start(heal)
    await queue.add_many([a_job()])
    await until(lambda: len(attempts) == 3)
    await asyncio.sleep(0.3)
    assert attempts == [1, 2, 3]
    assert await queue.counts() == {"wait": 0, "active": 0, "delayed": 0, "failed": 0}


@pytest.mark.slow
async def test_a_death_that_cannot_be_recorded_comes_back(queue: JobQueue, start: Start) -> None:
    funerals = []

    async def fail(job: Job) -> None:
        raise ValueError

    async def bury(job: Job, why: str) -> None:
        funerals.append(job.attempt)
        if len(funerals) == 1:
            raise ConnectionError("the database is away")

    start(fail, bury)
    await queue.add_many([a_job()])
    await until(lambda: len(funerals) == 2, 20)
    assert funerals == [5, 5]


async def test_closing_lets_the_job_under_way_finish_and_takes_no_other(queue: JobQueue, start: Start) -> None:
    begun, ended = [], []

    async def handle(job: Job) -> None:
        begun.append(job.id)
        await asyncio.sleep(0.5)
        ended.append(job.id)

    worker = start(handle, concurrency=1)
    await queue.add_many([a_job(), a_job()])
    await until(lambda: len(begun) == 1)
    await worker.close()
    await asyncio.sleep(0.2)
    assert len(begun) == len(ended) == 1
    assert (await queue.counts())["wait"] == 1


async def test_closing_does_not_wait_for_ever(queue: JobQueue, start: Start) -> None:
    begun = []

    async def handle(job: Job) -> None:
        begun.append(job.id)
        await asyncio.sleep(60)

    worker = start(handle)
    await queue.add_many([a_job()])
    await until(lambda: len(begun) == 1)
    started = time.monotonic()
    await worker.close(grace=0.3)
    assert time.monotonic() - started < 3


async def test_a_worker_closes_while_the_server_is_gone(valkey: Valkey, start: Start) -> None:
    worker = start(Book())
    await asyncio.sleep(0.3)
    kill(valkey)
    started = time.monotonic()
    await worker.close(grace=1)
    assert time.monotonic() - started < 5


async def test_work_goes_on_after_the_server_was_killed(valkey: Valkey, queue: JobQueue, start: Start) -> None:
    book = Book()
    start(book)
    await queue.add_many([a_job(number=1)])
    await until(lambda: len(book.jobs) == 1)
    kill(valkey)
    await asyncio.sleep(1)
    revive(valkey)
    await queue.add_many([a_job(number=2)])
    await until(lambda: len(book.jobs) == 2, 15)
    assert [job.payload["number"] for job in book.jobs] == [1, 2]


async def test_a_worker_started_before_the_server_takes_jobs_once_it_is_there(valkey: Valkey, queue: JobQueue, start: Start) -> None:
    kill(valkey)
    book = Book()
    start(book)
    await asyncio.sleep(0.5)
    revive(valkey)
    await queue.add_many([a_job()])
    await until(lambda: len(book.jobs) == 1, 15)


async def test_each_topic_is_tried_as_often_as_told(valkey: Valkey, start: Start) -> None:
    queue = JobQueue(valkey.url(), tries={"mail.confirmation": 2}, backoff_ms=20)
    attempts: list[tuple[str, int]] = []
    dead: list[str] = []

    async def fail(job: Job) -> None:
        attempts.append((job.topic, job.attempt))
        raise ValueError

    async def bury(job: Job, why: str) -> None:
        dead.append(job.topic)

    start(fail, bury)
    await queue.add_many([a_job("mail.confirmation"), a_job("webhooks.handle")])
    await until(lambda: len(dead) == 2)
    await queue.close()
    assert [attempts.count((topic, 2)) for topic in ("mail.confirmation", "webhooks.handle")] == [1, 1]
    assert max(attempt for topic, attempt in attempts if topic == "mail.confirmation") == 2
    assert max(attempt for topic, attempt in attempts if topic == "webhooks.handle") == 5


@pytest.mark.parametrize("trouble", [freeze, kill])
async def test_adding_says_so_within_seconds_when_the_server_is_away(
    valkey: Valkey, queue: JobQueue, trouble: Callable[[Valkey], None]
) -> None:
    await queue.add_many([a_job()])
    trouble(valkey)
    started = time.monotonic()
    with pytest.raises((RedisError, OSError)):
        await queue.add_many([a_job()])
    assert time.monotonic() - started < 8


@pytest.mark.slow
async def test_a_job_survives_workers_killed_in_the_middle_of_it(valkey: Valkey, queue: JobQueue) -> None:
    # BullMQ's own settings would give up at the second crash.
    await queue.add_many([a_job("payments.settle")])
    async with Redis.from_url(valkey.url(), protocol=2, decode_responses=True) as notes:
        for name in ("first", "second"):
            await killed_in_mid_job(valkey, notes, name)
        third = worker_process(valkey, "third", 0.1)
        await noted(lambda seen: seen == "third ends payments.settle", notes)
        third.kill()
        third.wait()
        said = await notes.lrange("notes", 0, -1)
    assert [line for line in said if "ends" in line] == ["third ends payments.settle"]
    assert not [line for line in said if "buries" in line]


async def killed_in_mid_job(valkey: Valkey, notes: "Redis[str]", name: str) -> None:
    process = worker_process(valkey, name, 60)
    await noted(lambda seen: seen.startswith(f"{name} begins"), notes)
    process.kill()
    process.wait()


def worker_process(valkey: Valkey, name: str, seconds: float) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.kit.jobs_worker", valkey.url(), name, str(seconds)])


async def noted(matches: Callable[[str], bool], notes: "Redis[str]", seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not any(matches(line) for line in await notes.lrange("notes", 0, -1)):
            await asyncio.sleep(0.1)
