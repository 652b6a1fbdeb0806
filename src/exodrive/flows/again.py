"""Trying a transaction again when the database asks for it: nothing outside was touched, so it may simply run once more."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from exodrive.kit.errors import Conflict, Unavailable
from exodrive.kit.words import _

ATTEMPTS = 3
T = TypeVar("T")

_CLASHES = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class Busy(Conflict):
    """Many people want this car at once; ask again after ``extra['retry_after']`` seconds."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("Many people are booking this car right now. Try again in a moment."), retry_after=1)


async def again(transaction: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction, up to three times when it clashed with another. Raises Busy after waiting for a lock, Unavailable at the end."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await transaction()
        except asyncpg.LockNotAvailableError as waited:
            raise Busy from waited
        except _CLASHES as clash:
            if attempt == ATTEMPTS:
                raise Unavailable(_("We are very busy just now. Please try again in a moment."), retry_after=2) from clash
        await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - spreads the crowd, no secret
    raise AssertionError("at least one attempt is made")
