"""Ending work that runs beside the rest."""

import asyncio
from contextlib import suppress

from exodrive.kit import tasks


async def test_work_that_swallows_a_cancellation_is_ended_all_the_same(caplog):
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        swallowed += 1
        await asyncio.sleep(3600)

    async def failing() -> None:
        raise ValueError("no rows")

    working = [asyncio.create_task(stubborn()), asyncio.create_task(failing())]
    await asyncio.sleep(0)
    await tasks.end(working)
    assert swallowed == 1
    assert [task.cancelled() for task in working] == [True, False]
    assert "no rows" in caplog.text


async def test_nothing_to_end_is_no_trouble():
    await tasks.end([])
