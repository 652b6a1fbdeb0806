"""Pools of connections: how a connection is made, and how long one waits to be lent one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import msgspec

from exodrive.kit.errors import Unavailable
from exodrive.kit.server import refuse_unsafe_server
from exodrive.kit.words import _

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Db: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
    Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
else:
    Db = Any
    Pool = Any

SIZE = 10
WAIT = 10.0  # seconds
_COME_AGAIN = 2  # seconds: whoever comes back at once only makes the crowd larger


class Crowded(Unavailable):
    """Every connection was lent out for as long as anybody waits for one."""

    code = "crowded"

    def __init__(self) -> None:
        super().__init__(_("Many people are here right now. Please try again in a few seconds."), retry_after=_COME_AGAIN)


async def open_pool(url: str, *, size: int, statement_cache: int) -> Pool:
    """Connect once, to be sure that the server is there and safe; more connections are made as they are needed, up to ``size``."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        statement_cache_size=statement_cache,
        command_timeout=60,
        reset=_keep,
        init=_greet,
    )


@asynccontextmanager
async def lend(pool: Pool, wait: float) -> AsyncIterator[Db]:
    """Lend a connection, after at most ``wait`` seconds in line for it.

    Raises Crowded when none was free in time, PostgresConnectionError when the server is away.
    """
    try:
        async with asyncio.timeout(wait) as line:
            db = await pool.acquire()
    except OSError as error:  # a time-out is one too
        if line.expired():
            raise Crowded from None
        raise asyncpg.CannotConnectNowError("the server is not there") from error  # refused, no such socket, no such host
    try:
        yield db
    finally:
        await pool.release(db)


async def _keep(_db: object) -> None:
    """Reset nothing: all that a scope sets is local to its transaction, and asyncpg rolls an open one back before this."""


async def _greet(db: Any) -> None:
    refuse_unsafe_server(db)
    await db.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )
