"""The courtesy lock on car-days: of several people asking for the same days, one goes to the database first.

It only spares work: nothing depends on it, the database alone decides who gets a day.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from exodrive.kit.errors import Conflict
from exodrive.kit.redis import Courtesy, RedisAway, Script
from exodrive.kit.words import _

LIFE = 30.0  # seconds a day stays locked when its owner never gives it back
WAIT = 1.0  # seconds a caller waits for a busy day

# All days or none; a day that is already mine counts as free. Answers 0, or the number of the first day in the way.
_TAKE = Script("""
for i = 1, #KEYS do
  local owner = redis.call('get', KEYS[i])
  if owner and owner ~= ARGV[1] then return i end
end
for i = 1, #KEYS do redis.call('set', KEYS[i], ARGV[1], 'PX', ARGV[2]) end
return 0
""")
_GIVE_BACK = Script("""
local given = 0
for i = 1, #KEYS do
  if redis.call('get', KEYS[i]) == ARGV[1] then given = given + redis.call('del', KEYS[i]) end
end
return given
""")


class LockBusy(Conflict):
    """Somebody else is booking one of these days right now; ``day`` is the first in the way."""

    code = "days-busy"

    def __init__(self, day: date) -> None:
        super().__init__(_("Somebody is booking these days right now. Try again in a moment."))
        self.day = day


class DayLocks:
    """Locks on the days of a car, in Redis when it is there."""

    def __init__(self, courtesy: Courtesy, *, life: float = LIFE, wait: float = WAIT) -> None:
        self._courtesy = courtesy
        self._life = life
        self._wait = wait

    @asynccontextmanager
    async def days(self, car_id: UUID, days: Iterable[date], owner: str, *, wait: float | None = None) -> AsyncIterator[bool]:
        """Hold all these days of a car, or none; yields whether they are held (False: Redis is away, go on).

        The owner is the checkout's own id, so the same checkout can go on after an answer of Redis was lost; the end
        of its first block gives the days back. A busy day is waited for up to a second (or ``wait``), then LockBusy is raised.
        """
        wanted = list(days)
        keys = [f"lock:car:{{{car_id}}}:{day.isoformat()}" for day in wanted]
        try:
            held = await self._hold(keys, wanted, owner, self._wait if wait is None else wait)
        except RedisAway:
            held = False
        try:
            yield held
        finally:
            await self._release(keys, owner)

    async def _hold(self, keys: list[str], days: list[date], owner: str, wait: float) -> bool:
        """Try until all days are ours; raises LockBusy after so many seconds, RedisAway when Redis is away."""
        until = time.monotonic() + wait
        while True:
            in_the_way = await self._courtesy.run(_TAKE, keys, owner, int(self._life * 1000))
            if not in_the_way:
                return True
            if time.monotonic() >= until:
                raise LockBusy(days[int(in_the_way) - 1])
            await asyncio.sleep(random.uniform(0.02, 0.06))  # noqa: S311 - spreads the crowd, no secret

    async def _release(self, keys: list[str], owner: str) -> None:
        # Also when we went on without the lock: a slow Redis may have run our script after we had given up.
        try:
            await self._courtesy.run(_GIVE_BACK, keys, owner)
        except RedisAway:
            return  # the keys die by themselves
