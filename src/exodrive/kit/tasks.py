"""Ending work that runs beside the rest."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from typing import Any

_AGAIN = 1.0  # seconds

_log = logging.getLogger(__name__)


async def end(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel these tasks and wait until every one is over; one that failed is told in the log, and nothing is raised.

    Asked again every second: a time-out inside a task that ends at the same moment may swallow a cancellation, and whoever
    cancels once and waits then waits for ever. Cancelled itself, it is so once they are over.
    """
    left, told = set(tasks), False
    while left:
        for task in left:
            task.cancel()
        try:
            over, left = await asyncio.wait(left, timeout=_AGAIN)
        except asyncio.CancelledError:  # whoever ends us must not leave them running
            told = True
            continue
        for task in over:
            if not task.cancelled() and (failure := task.exception()):
                _log.warning("work beside the rest had failed: %r", failure)
    if told:
        raise asyncio.CancelledError


async def together(*parts: Awaitable[Any]) -> None:
    """Run these beside each other until the first is over, end the others, and raise what it raised.

    No group of tasks: that passes a cancellation on once, and one of its tasks that swallowed it would then be waited for for ever.
    """
    running = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(running)
