"""Being woken by the database when work is promised: one connection of its own, made again whenever it is lost."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import asyncpg

from exodrive.kit.outbox import store

CHANNEL = "exodrive_outbox"
PING = 30.0  # seconds after which a silent connection is asked whether it still is one
PAUSE = 2.0  # seconds before the next attempt to connect

_log = logging.getLogger(__name__)


async def listen(url: str, wake: Callable[[], None]) -> None:
    """Call ``wake`` whenever work is promised, and once after each connection, for what was missed. Never returns."""
    while True:
        try:
            await _listen_once(url, wake)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as trouble:
            _log.warning("not woken by the database: %s", trouble)
        _end_if_told()
        await asyncio.sleep(PAUSE)


def _end_if_told() -> None:
    """Raise a cancellation that was swallowed: connecting may fail at the very moment it is cancelled, and a group cancels only once."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


async def _listen_once(url: str, wake: Callable[[], None]) -> None:
    db = await asyncpg.connect(url, timeout=10, command_timeout=10)
    lost = asyncio.Event()
    db.add_termination_listener(lambda *_: lost.set())
    try:
        await db.add_listener(CHANNEL, lambda *_: wake())
        wake()
        while not await _happens(lost, PING):
            await store.alive(db)
    finally:
        db.terminate()


async def _happens(event: asyncio.Event, within: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            await event.wait()
    return event.is_set()
