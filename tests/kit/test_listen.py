"""The listener ends when it is told to, whatever its connection makes of that."""

import asyncio
from typing import Any

import asyncpg
import pytest

from exodrive.kit.outbox.listen import listen


async def test_a_cancellation_that_its_connection_swallowed_ends_it_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async def swallow(*_args: Any, **_more: Any) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise OSError("the server went at that moment") from None

    monkeypatch.setattr(asyncpg, "connect", swallow)

    async def group() -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(listen("postgresql://nowhere", lambda: None))
            await asyncio.sleep(60)

    task = asyncio.create_task(group())
    await asyncio.sleep(0.05)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=5)
    assert done, "a worker would outlive its launcher"
