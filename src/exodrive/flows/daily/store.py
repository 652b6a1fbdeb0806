"""The SQL of throwing away what no slice keeps by itself."""

from datetime import datetime

from exodrive.kit.db import Db


async def forget_sessions(db: Db, before: datetime) -> int:
    """Delete staff sessions that expired or were revoked before this moment; return how many."""
    status = await db.execute("delete from public.staff_sessions where expires_at < $1 or revoked_at < $1", before)
    return int(status.rpartition(" ")[2])


async def forget_links(db: Db, before: datetime) -> int:
    """Delete one-time links that expired or were used before this moment; return how many."""
    status = await db.execute("delete from public.staff_links where expires_at < $1 or used_at < $1", before)
    return int(status.rpartition(" ")[2])
