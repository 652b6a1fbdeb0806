"""How many notices are refused, and why: counted in memory, and written down at most once a second, so that a flood costs little."""

import asyncio
import logging
from collections import Counter

from exodrive.gateways.paypal import Flaw
from exodrive.kit.db import Door
from exodrive.webhooks import store

PAUSE = 1.0  # seconds between two writings

_log = logging.getLogger(__name__)


class Refusals:
    """The count of one process; what is not written down yet is lost with it when it is killed."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._new: Counter[Flaw] = Counter()
        self._writing: asyncio.Task[None] | None = None

    def count(self, flaw: Flaw) -> None:
        """Count one; it is in the database a moment later."""
        self._new[flaw] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def close(self) -> None:
        """Write down what is left."""
        if self._writing:
            self._writing.cancel()
        await self._write()

    async def _write_all(self) -> None:
        while self._new:
            await self._write()
            await asyncio.sleep(PAUSE)

    async def _write(self) -> None:
        new, self._new = self._new, Counter()
        if not new:
            return
        try:
            async with self._door.scope() as db:
                await store.count_refusals(db, "paypal", new)
        except Exception as away:
            self._new += new  # the next writing has them
            _log.warning("refused notices are not written down yet", extra={"reason": repr(away), "refused": new.total()})
