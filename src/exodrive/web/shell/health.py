"""Whether this process is alive, and whether it can serve."""

import asyncio

import asyncpg
from litestar import Response, Router, route

from exodrive.kit.db import Door
from exodrive.kit.errors import Unavailable
from exodrive.kit.words import _
from exodrive.web.shell.doors import READ, anon, door

_PATIENCE = 3  # seconds


@route("/healthz", http_method=READ, include_in_schema=False, sync_to_thread=False)
def healthz() -> Response[str]:
    """Answer as long as the process runs; asks nobody."""
    return Response("ok\n", media_type="text/plain; charset=utf-8")


@route("/readyz", http_method=READ, include_in_schema=False)
async def readyz(db: Door) -> Response[str]:
    """Answer 200 when the database answers; Redis may be away, bookings go on without it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await db.knock()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as away:
        raise Unavailable(_("The database does not answer.")) from away
    return Response("ready\n", media_type="text/plain; charset=utf-8")


def routes() -> Router:
    """Return the door of the health checks."""
    return door("health", "/", [healthz, readyz], opens=anon)
