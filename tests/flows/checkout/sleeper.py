"""A renter's process that stops dead while it holds days, until it is woken: ``python -m tests.flows.checkout.sleeper`` with a ``Task``."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import msgspec

from exodrive.bookings.model import CheckoutOrder
from exodrive.flows.checkout.hold import hold
from exodrive.kit import failpoints
from exodrive.kit.db import Doors
from exodrive.kit.locks import DayLocks
from exodrive.kit.redis import Courtesy, impatient
from tests.builders import make_world, new_caller, new_key

UNHURRIED = 10.0  # seconds Redis may take: what is tested is who has the days, not how fast a crowded machine is


class Task(msgspec.Struct, frozen=True):
    """What to hold, where, with a lock of so many seconds, and where to stop: behind the lock, or before the commit."""

    database: dict[str, str]
    redis: str
    order: CheckoutOrder
    life: float
    stops: Literal["behind the lock", "before the commit"]


class _Locks(DayLocks):
    @asynccontextmanager
    async def days(self, *wanted: Any, **more: Any) -> AsyncIterator[bool]:
        async with super().days(*wanted, **more) as held:
            assert held, "the lock is there"
            _stop()
            yield held


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


async def main(task: Task) -> str:
    doors = await Doors.open(**task.database)
    courtesy = Courtesy(impatient(task.redis, patience=UNHURRIED), patience=UNHURRIED)
    kind = _Locks if task.stops == "behind the lock" else DayLocks
    if task.stops == "before the commit":
        failpoints.listen(lambda point: _stop() if point == "hold.claim.before" else None)
    world = make_world(doors, task.redis, locks=kind(courtesy, life=task.life))
    try:
        return (await hold(world, task.order, new_caller(), new_key())).reference
    except Exception as refusal:
        return type(refusal).__name__


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(main(msgspec.json.decode(sys.argv[1], type=Task))) + "\n")
