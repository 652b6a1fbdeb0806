"""A holder of days that is stopped for longer than its lock lives, and woken: nothing is sold twice."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import psutil
import pytest
from redis.asyncio import Redis

from exodrive.availability.model import CarTaken
from exodrive.bookings.model import CheckoutOrder
from exodrive.flows.again import Busy
from exodrive.flows.checkout.hold import hold
from exodrive.kit.ids import CarId
from tests.builders import Build, new_caller, new_key
from tests.flows.checkout.sleeper import Task
from tests.servers import Database

LIFE = 0.5  # seconds


class Sleeper:
    """The process that holds days and stopped."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def wake(self) -> str:
        """Let it go on; what became of its order."""
        self._process.send_signal(signal.SIGCONT)
        assert self._process.stdout
        return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def asleep(database: Database, redis_url: str, order: CheckoutOrder, stops: str) -> AsyncIterator[Sleeper]:
    """A process that was stopped there, once its lock in Redis has run out."""
    where = {"checkout": database.url("checkout"), "pooler": database.servers.pooler}
    task = msgspec.json.encode(Task(where, redis_url, order, LIFE, stops))  # type: ignore[arg-type]
    words = [sys.executable, "-m", "tests.flows.checkout.sleeper", task.decode()]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    try:
        while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
            assert process.returncode is None, "it ended before it stopped"
            await asyncio.sleep(0.02)
        async with Redis.from_url(redis_url, protocol=2) as redis:
            while await redis.keys(f"lock:car:{{{order.car_id}}}:*"):
                await asyncio.sleep(0.05)
        yield Sleeper(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def sold(build: Build, car_id: CarId) -> set[str]:
    """The bookings that have days of a car."""
    rows = await build.rows("select b.reference from car_availability a join bookings b on b.id = a.booking_id where a.car_id = $1", car_id)
    return {row[0] for row in rows}


async def test_scenario_14_a_holder_frozen_behind_its_redis_lock_finds_the_days_sold(
    build: Build, database: Database, redis_url: str
) -> None:
    car = await build.car()
    async with asleep(database, redis_url, await build.order(car), "behind the lock") as sleeper:
        won = await hold(build.world, await build.order(car), new_caller(), new_key())
        assert await sleeper.wake() == CarTaken.__name__
    assert await sold(build, car.id) == {won.reference}
    assert await build.value("select count(*) from bookings where car_id = $1", car.id) == 1


async def test_scenario_14_a_holder_frozen_before_its_commit_keeps_the_others_waiting_and_the_days(
    build: Build, database: Database, redis_url: str
) -> None:
    """Its lock in Redis is gone, the one in the database is not: who comes meanwhile is told to come again."""
    car = await build.car()
    async with asleep(database, redis_url, await build.order(car), "before the commit") as sleeper:
        with pytest.raises(Busy):
            await hold(build.world, await build.order(car), new_caller(), new_key())
        reference = await sleeper.wake()
    assert await sold(build, car.id) == {reference}
    with pytest.raises(CarTaken):
        await hold(build.world, await build.order(car), new_caller(), new_key())
