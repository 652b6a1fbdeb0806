"""Doors: the only maker of routers. A door has a name, a way to open the database, and the routes behind it."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, Router
from litestar.di import Provide
from litestar.enums import HttpMethod
from litestar.types import ControllerRouterHandler

from exodrive.flows.world import World
from exodrive.kit.db import Door, Doors
from exodrive.web.shell.site import Site

#: What a page answers to: a HEAD is a GET without its body.
READ = [HttpMethod.GET, HttpMethod.HEAD]
Open = Callable[[Request[Any, Any, Any]], Door]


def door(name: str, path: str, handlers: Sequence[ControllerRouterHandler], *, opens: Open | None = None, **more: Any) -> Router:
    """Make the router of one door; ``opens`` gives its handlers the ``db`` they asked for, as one kind of caller.

    ``machine=True`` in ``opt`` marks routes that prove who calls in another way (signature, bearer key) and so skip the same-site check.
    """
    dependencies = {"db": Provide(_in_turn(opens), sync_to_thread=False)} if opens else {}
    opt = {"door": name, **more.pop("opt", {})}
    return Router(path, route_handlers=handlers, dependencies=dependencies, opt=opt, **more)


def _in_turn(opens: Open) -> Callable[..., Door]:
    """Open the door after world and site were found: side by side, in a task group, they would cost more than a kept page."""

    def db(request: Request[Any, Any, Any], world: World, site: Site) -> Door:
        return opens(request)

    return db


def anon(request: Request[Any, Any, Any]) -> Door:
    """Open the database as anybody."""
    return _doors(request).anon()


def checkout(request: Request[Any, Any, Any]) -> Door:
    """Open the database as the pay step."""
    return _doors(request).checkout()


def signin(request: Request[Any, Any, Any]) -> Door:
    """Open the database as the staff sign-in."""
    return _doors(request).signin()


def _doors(request: Request[Any, Any, Any]) -> Doors:
    doors: Doors = request.app.state.world.doors
    return doors
