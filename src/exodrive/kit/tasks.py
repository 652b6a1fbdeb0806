"""Ending work that runs beside the rest."""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN = 1.0  # seconds


async def end(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel these tasks and wait until every one is over; how each ended is not raised.

    Asked again every second: a time-out inside a task that ends at the same moment may swallow a cancellation, and whoever
    cancels once and waits then waits for ever.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        over, left = await asyncio.wait(left, timeout=_AGAIN)
        for task in over:
            if not task.cancelled():
                task.exception()  # looked at, so that it is not reported as never retrieved
