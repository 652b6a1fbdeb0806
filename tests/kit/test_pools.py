"""Lending connections: a crowd is sent away in time, and calmly."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from exodrive.kit.db import Doors
from exodrive.kit.pools import Crowded
from tests.servers import Database


@pytest.fixture
async def few(database: Database) -> AsyncIterator[Doors]:
    """Doors with two connections, and little patience."""
    doors = await Doors.open(web=database.direct_url("web"), size=2, wait=0.3)
    yield doors
    await doors.close()


async def nap(doors: Doors, seconds: float) -> None:
    async with doors.anon().scope() as db:
        await db.execute(f"select pg_sleep({seconds})")


async def test_who_gets_no_connection_in_time_is_sent_away_and_may_come_again(few: Doors) -> None:
    busy = [asyncio.create_task(nap(few, 2)) for _ in range(2)]
    await asyncio.sleep(0.1)
    told = await asyncio.gather(*(nap(few, 0) for _ in range(20)), return_exceptions=True)
    assert not any(one.done() for one in busy), "nobody waits until those who have one are done"
    assert {(type(one), one.status, one.retry_after) for one in told if isinstance(one, Crowded)} == {(Crowded, 503, 2)}
    assert all(isinstance(one, Crowded) for one in told)
    await asyncio.gather(*busy)
    await asyncio.gather(*(nap(few, 0) for _ in range(20)))


async def test_who_waits_in_line_is_served_when_one_comes_back_in_time(few: Doors) -> None:
    await asyncio.gather(*(nap(few, 0.05) for _ in range(6)))
