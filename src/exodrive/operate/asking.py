"""The door of a command, which asks a few things once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from exodrive.kit.db import Door, Doors


@asynccontextmanager
async def service_door(worker_url: str) -> AsyncIterator[Door]:
    """Open the command line's door, and close it again. Nothing is prepared on it: behind a pooler that would be lost, and here it saves
    nothing."""
    doors = await Doors.open(worker=worker_url, pooler="transaction", size=2)
    try:
        yield doors.service()
    finally:
        await doors.close()
