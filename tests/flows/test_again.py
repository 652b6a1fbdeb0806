"""A transaction that clashed is run again; one that waited too long is not."""

import asyncio
import time

import asyncpg
import pytest

from exodrive.flows.again import Busy, again
from exodrive.kit.errors import Unavailable


def failing(doors, code, times):
    """A transaction the database breaks off so many times, and the number of its runs."""
    runs = []

    async def transaction():
        async with doors.service().scope() as db:
            runs.append(1)
            if len(runs) <= times:
                await db.execute(f"do $$ begin raise exception 'broken off' using errcode = '{code}'; end $$")
            return len(runs)

    return transaction


@pytest.mark.parametrize("code", ["40P01", "40001"])
async def test_a_clash_is_tried_three_times(doors, code):
    assert await again(failing(doors, code, 2)) == 3
    with pytest.raises(Unavailable) as refused:
        await again(failing(doors, code, 3))
    assert refused.value.status == 503


async def test_scenario_17_those_who_clashed_come_again_after_a_moment_and_not_all_in_the_same():
    """Twenty at once: whoever comes again at the very same time only clashes again."""

    async def gaps():
        runs = []

        async def transaction():
            runs.append(time.monotonic())
            if len(runs) < 3:
                raise asyncpg.DeadlockDetectedError("broken off")

        await again(transaction)
        return [runs[1] - runs[0], runs[2] - runs[1]]

    first, second = zip(*await asyncio.gather(*(gaps() for _ in range(20))), strict=True)
    assert min(first) >= 0.009
    assert min(second) >= 0.019, "the second time it waits longer"
    assert max(first) - min(first) > 0.01
    assert max(second) - min(second) > 0.02


async def test_who_waited_for_a_lock_is_told_at_once(doors):
    with pytest.raises(Busy) as refused:
        await again(failing(doors, "55P03", 1))
    assert refused.value.status == 409


async def test_anything_else_is_a_bug_and_seen_as_one(doors):
    with pytest.raises(asyncpg.CheckViolationError):
        await again(failing(doors, "23514", 1))
