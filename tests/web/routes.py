"""Every route of the product, read from the app itself."""

import re
import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from exodrive.app import build
from exodrive.settings import Settings

NOBODYS = "5b7d0c3e-3c1f-4b57-9d6e-2f1f0a8c9e11"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    door: str | None
    opt: dict[str, Any] = field(hash=False)
    fn: Any = None
    status: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, **values: str) -> str:
        """The path with its parameters filled in; what is not given is something that nobody has."""
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], NOBODYS if found[1].endswith("_id") else "unknown"), self.path)


@cache
def routes(env: str = "test") -> tuple[Route, ...]:
    """All routes, as this kind of installation has them."""
    read = Settings(public_url="https://cars.example.com", support_email="hello@cars.example.com", env=env)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about the framework's next version; ours is locked
        app = build(read)
        return tuple(
            Route(method, route.path_format, handler.opt.get("door"), handler.opt, handler.fn, handler.status_code)
            for route in app.routes
            for method, (handler, _kwargs) in getattr(route, "route_handler_map", {}).items()
            if method != "OPTIONS"
        )


def paths() -> dict[str, set[str]]:
    """The methods of each path."""
    found: dict[str, set[str]] = {}
    for route in routes():
        found.setdefault(route.path, set()).add(route.method)
    return found


def route_of(method: str, path: str) -> Route | None:
    """The route that answers an address; one without parameters before one with."""
    fitting = [route for route in routes() if route.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route.path), path)]
    return min(fitting, key=lambda route: route.path.count("{"), default=None)
