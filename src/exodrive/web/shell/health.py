"""Whether this process is alive, and whether it can serve."""

from typing import Any

from litestar import Request, Response, Router, get

from exodrive.kit.db import Door
from exodrive.kit.errors import Unavailable
from exodrive.web.shell.doors import anon, door


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def healthz() -> Response[str]:
    """Answer as long as the process runs; asks nobody."""
    return Response("ok\n", media_type="text/plain; charset=utf-8")


@get("/readyz", include_in_schema=False)
async def readyz(request: Request[Any, Any, Any], db: Door) -> Response[str]:
    """Answer 200 when the database answers; Redis may be away, bookings go on without it."""
    try:
        await request.app.state.probe(db)
    except Exception as away:
        raise Unavailable("the database does not answer") from away
    return Response("ready\n", media_type="text/plain; charset=utf-8")


def routes() -> Router:
    """Return the door of the health checks."""
    return door("health", "/", [healthz, readyz], opens=anon)
