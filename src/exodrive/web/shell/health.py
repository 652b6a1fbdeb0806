"""Whether this process is alive, and whether it can serve."""

import asyncio
from typing import Any

import asyncpg
from litestar import Request, Response, Router, route
from litestar.datastructures import State

from exodrive.kit.db import Door
from exodrive.kit.errors import Unavailable
from exodrive.kit.words import _
from exodrive.web.shell.doors import READ, anon, door

_PATIENCE = 3  # seconds


@route("/healthz", http_method=READ, include_in_schema=False, sync_to_thread=False)
def healthz() -> Response[str]:
    """Answer as long as the process runs; asks nobody."""
    return Response("ok\n", media_type="text/plain")


@route("/readyz", http_method=READ, include_in_schema=False)
async def readyz(request: Request[Any, Any, Any], db: Door) -> Response[str]:
    """Answer 200 when the database answers; Redis may be away, bookings go on without it."""
    try:
        await _knock(request.app.state, db)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as away:
        raise Unavailable(_("The database does not answer.")) from away
    return Response("ready\n", media_type="text/plain")


async def _knock(state: State, db: Door) -> None:
    """Knock, and wait a few seconds only; while one knock goes unanswered, everybody waits for that one."""
    knock: asyncio.Task[None] | None = state.get("knock")
    if knock is None or knock.done():
        knock = state.knock = asyncio.create_task(db.knock())
    done, _waiting = await asyncio.wait({knock}, timeout=_PATIENCE)
    if not done:
        raise TimeoutError
    knock.result()


def routes() -> Router:
    """Return the door of the health checks."""
    return door("health", "/", [healthz, readyz], opens=anon)
