"""Tells and moves the one clock of a database: everything that asks for the time follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg

from exodrive.kit.db import clock_shift
from exodrive.operate.clock import store


async def move(owner_url: str, shift: timedelta) -> None:
    """Let the database's clock run `shift` away from the real time (zero puts it right again)."""
    async with connection(owner_url) as db:
        await store.move(db, shift)


async def shift_of(url: str) -> timedelta:
    """Return by how much the database's clock is moved; any login may ask."""
    async with connection(url) as db, db.transaction():  # in one piece, for a pooler between us and the server
        return await clock_shift(db)


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[store.Connection]:
    """Connect for a moment."""
    db = await asyncpg.connect(url, statement_cache_size=0)
    try:
        yield db
    finally:
        await db.close()
