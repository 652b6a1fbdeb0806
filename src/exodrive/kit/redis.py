"""How we talk to Redis: an impatient connection for locks and limits, a patient one for the job queue."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import NoScriptError, RedisError

PATIENCE = 0.05  # seconds a renter may wait for Redis: locks and limits are a courtesy, the database decides
REST = 1.0  # seconds Redis is left alone after it failed
CONNECTIONS = 16

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class RedisAway(Exception):
    """Redis is down, too slow, or being left alone after a failure: go on without it."""


def impatient(url: str, *, patience: float = PATIENCE) -> Redis:
    """Make the client for locks and limits: 50 ms for a connection, no second try. Nothing connects yet.

    How long an answer may take is watched over by whoever asks (``Courtesy``), and not once more for each word sent and read.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=patience,
        socket_timeout=None,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 0),
        protocol=2,  # one round trip less to connect than RESP3, and nothing here needs more
    )
    return Redis.from_pool(pool)


def patient(url: str, *, wait: float = 15.0) -> Redis:
    """Make a client for the job queue; a worker's ``wait`` (seconds) must exceed its longest blocking command (10 s)."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=wait,
        socket_connect_timeout=2.0,
        **({} if url.startswith("unix:") else {"socket_keepalive": True}),  # a unix socket cannot, and redis-py refuses it
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.1), 1),  # a connection that died while idle; the rest is the caller's
        protocol=2,
    )


class Script:
    """A script that the server runs at once and whole; it is told the text when it does not know it yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class Courtesy:
    """Redis as a courtesy: asked for at most 50 ms, and left alone for a second once it failed.

    Locks and limits of a process share one, so that one failure spares both. Callers queue here for a connection,
    not at Redis: a crowd of our own making is never mistaken for a slow server, and when the first of a crowd finds
    the server gone the others do not wait at all.
    """

    def __init__(self, redis: Redis, *, patience: float = PATIENCE, rest: float = REST) -> None:
        self.redis = redis
        self._patience = patience
        self._rest = rest
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._resting_until = 0.0
        self._idle: list[Any] = []

    @property
    def resting(self) -> bool:
        """Whether Redis is being left alone now."""
        return time.monotonic() < self._resting_until

    async def ask(self, question: Callable[[], Awaitable[_T]]) -> _T:
        """Ask Redis; raises RedisAway when it is down, slow, refuses, or is being left alone."""
        async with self._turns:
            if self.resting:
                raise RedisAway
            begun = time.monotonic()
            try:
                async with asyncio.timeout(self._patience):
                    return await question()
            except (RedisError, OSError, TimeoutError) as failure:
                self._judge(failure, time.monotonic() - begun)
                raise RedisAway from failure

    async def run(self, script: Script, keys: Sequence[str], *values: str | int) -> Any:
        """Run a script on these keys with these values; raises RedisAway as ``ask`` does."""
        return await self.ask(lambda: self._run(script, len(keys), *keys, *values))

    async def _run(self, script: Script, *words: str | int) -> Any:
        """Straight over a connection of our own: the client's pool costs more than the question, and each booking asks twice.

        There are never more of them than turns. One that was cut off connects again by itself.
        """
        pool: Any = self.redis.connection_pool
        connection = self._idle.pop() if self._idle else pool.make_connection()
        try:
            if connection.is_connected and await connection.can_read():  # the server hung up meanwhile
                await connection.disconnect()
            await connection.send_command("EVALSHA", script.digest, *words)
            try:
                return await connection.read_response()
            except NoScriptError:
                await connection.send_command("EVAL", script.text, *words)
                return await connection.read_response()
        finally:
            self._idle.append(connection)

    def _judge(self, failure: Exception, seconds: float) -> None:
        """Leave Redis alone, unless the time-out came so late that it was this process that was busy."""
        busy_ourselves = seconds > 1.5 * self._patience
        if not busy_ourselves:
            self._resting_until = time.monotonic() + self._rest
        _log.warning("going on without Redis", extra={"why": type(failure).__name__, "resting": not busy_ourselves})

    async def close(self) -> None:
        """Close the connections; one that a slow server does not let go of in time is given up."""
        with suppress(RedisError, OSError):
            for connection in self._idle:
                await connection.disconnect()
            await self.redis.aclose()
