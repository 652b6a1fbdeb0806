"""How often somebody may do something: exact moving windows in Redis, and each process's own beside them."""

import hashlib
import math
import time
from contextlib import suppress
from ipaddress import IPv4Address, ip_address

import msgspec
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from exodrive.kit.errors import TooMany
from exodrive.kit.redis import Courtesy, RedisAway
from exodrive.kit.words import _


class Rule(msgspec.Struct, frozen=True):
    """So many hits within so many seconds."""

    hits: int
    seconds: int


class Limits:
    """Counts hits. Exact over all processes while Redis answers.

    Each process remembers beside it what it let through itself. While Redis is away that alone counts: a limit can then
    let through up to as many times its hits as there are processes, and never more than its hits in one of them, however
    often Redis comes and goes. Bookings stay right all the same, and nobody is shut out by our own trouble.
    """

    def __init__(self, courtesy: Courtesy) -> None:
        self._courtesy = courtesy
        pool = courtesy.redis.connection_pool
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="limit",
            connection_pool=pool,  # type: ignore[arg-type]  # documented, not in its annotations
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, name: str, key: str, rule: Rule) -> None:
        """Count one hit of ``key`` (an address, an e-mail; stored as a hash) under the limit called ``name``.

        Raises TooMany with the seconds to wait when the window is full; a refused hit is not counted.
        """
        window = _Window(name, key, rule)
        wait = None
        with suppress(RedisAway):
            wait = await self._courtesy.ask(lambda: window.hit(self._shared))
        if wait is None:
            wait = await window.hit(self._own)
        if wait is not None:
            raise TooMany(_("Too many tries. Please wait a moment and try again."), retry_after=wait)


class _Window:
    """One name, one key, one rule."""

    def __init__(self, name: str, key: str, rule: Rule) -> None:
        self._item = RateLimitItemPerSecond(rule.hits, rule.seconds)
        self._words = (name, hashlib.blake2b(key.encode(), digest_size=16).hexdigest())

    async def hit(self, limiter: MovingWindowRateLimiter) -> int | None:
        """Count a hit, or return the whole seconds until there is room again."""
        if await limiter.hit(self._item, *self._words):
            return None
        stats = await limiter.get_window_stats(self._item, *self._words)
        return max(1, math.ceil(stats.reset_time - time.time()))  # the library's own clock, no business time


def network_of(ip: str) -> str:
    """Return whom an address stands for: itself in IPv4, its /64 in IPv6, where one subscriber owns them all.

    Text that is no address (a Unix socket's peer, a test client) stands for itself.
    """
    try:
        address = ip_address(ip.partition("%")[0])
    except ValueError:
        return ip
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{address.__class__(int(address) >> 64 << 64)}/64"
