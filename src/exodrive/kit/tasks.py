"""Ending work that runs beside the rest."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

_AGAIN = 1.0  # seconds

_log = logging.getLogger(__name__)


async def end(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel these tasks and wait until every one is over; one that failed is told in the log, and nothing is raised.

    Asked again every second: a time-out inside a task that ends at the same moment may swallow a cancellation, and whoever
    cancels once and waits then waits for ever.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        over, left = await asyncio.wait(left, timeout=_AGAIN)
        for task in over:
            if not task.cancelled() and (failure := task.exception()):
                _log.warning("work beside the rest had failed: %r", failure)
