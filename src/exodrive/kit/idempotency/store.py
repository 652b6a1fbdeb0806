"""All SQL of idempotency keys; the checkout writes its own in the statement that does the work."""

from datetime import datetime
from typing import Any

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


async def find(db: Db, scope: str, key: str) -> tuple[bytes, Any] | None:
    """Return the hash of the first body and the answer it got."""
    row = await db.fetchrow("select request_hash, answer from idempotency_keys where scope = $1 and key = $2", scope, key)
    return (row[0], row[1]) if row else None


async def add(db: Db, scope: str, key: str, request_hash: bytes, booking_id: BookingId, answer: Any) -> None:
    """Keep the hash of a body and the answer it got."""
    await db.execute(
        "insert into idempotency_keys (scope, key, request_hash, booking_id, answer) values ($1, $2, $3, $4, $5)",
        scope,
        key,
        request_hash,
        booking_id,
        answer,
    )


async def forget(db: Db, before: datetime) -> int:
    """Delete answers older than this moment; return how many."""
    status = await db.execute("delete from idempotency_keys where created_at < $1", before)
    return int(status.rpartition(" ")[2])
