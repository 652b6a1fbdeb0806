"""The SQL that replaces the database's clock."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import asyncpg

    Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
else:
    Connection = Any


async def move(db: Connection, shift: timedelta) -> None:
    """Replace the clock; the function keeps its owner and its grants, and the real time is written as the migration writes it."""
    moved = f" + interval '{shift // timedelta(microseconds=1)} microseconds'" if shift else ""
    await db.execute(
        f"create or replace function exodrive_private.now() returns timestamptz language sql volatile return clock_timestamp(){moved}"
    )
