"""The home page as JSON for staff."""

from typing import Any

from litestar import Request, get, put

from exodrive.fleet.front.model import Front
from exodrive.flows import front as flow
from exodrive.kit.db import Door
from exodrive.web.admin.guard import by
from exodrive.web.admin.home import MAY
from exodrive.web.shell.forms import read_json


@get("/home", opt=MAY)
async def show(db: Door) -> Front:
    """Return the home page as it is kept."""
    return (await flow.desk(db)).front


@put("/home", opt=MAY)
async def save(request: Request[Any, Any, Any], db: Door) -> Front:
    """Keep a home page, whole: what is left out is as if nobody had ever written it."""
    front = await read_json(request, Front)
    await flow.save(db, front, by(request))
    return front


HANDLERS = [show, save]
