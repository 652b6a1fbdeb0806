"""The door for an outside clock: what falls due is promised to the worker, once per slot however often this is called."""

import hmac
from typing import Any

from litestar import Request, Response, Router, post

from exodrive import schedule
from exodrive.flows.world import World
from exodrive.kit.errors import NotFound
from exodrive.kit.words import _
from exodrive.web.shell.doors import door
from exodrive.web.shell.site import Site


@post("/cron/daily-tasks", status_code=202, include_in_schema=False)
async def daily_tasks(request: Request[Any, Any, Any], world: World, site: Site) -> Response[str]:
    """Promise all recurring work that is due. Needs ``Authorization: Bearer`` with the cron key; without one set, there is no such door."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not site.cron_key or not hmac.compare_digest(given.encode(), site.cron_key.encode()):
        raise NotFound(_("There is nothing at this address."))
    await schedule.tick(world.door)
    return Response("", status_code=202, media_type="text/plain")


def routes() -> Router:
    """Return the cron door; its key stands in for the same-site check."""
    return door("cron", "/", [daily_tasks], opt={"machine": True})
