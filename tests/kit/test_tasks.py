"""Ending work that runs beside the rest."""

import asyncio
from contextlib import suppress

import pytest

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


async def test_parts_together_end_with_the_first_and_when_they_are_told_to_though_one_swallows_that():
    ended = []

    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("deaf")

    async def short() -> None:
        await asyncio.sleep(0)
        raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        await tasks.together(deaf(), short())
    told = asyncio.create_task(tasks.together(deaf(), asyncio.sleep(3600)))
    await asyncio.sleep(0)
    await tasks.end([told])
    assert told.cancelled()
    assert ended == ["deaf", "deaf"]
