"""The demo's one-time sign-in. This door does not exist in production."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, post, route

from exodrive.kit.db import Door
from exodrive.staff import service
from exodrive.web.admin.guard import session_cookie, token_of, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ, door, signin
from exodrive.web.shell.forms import read_form
from exodrive.web.shell.site import Site

AnyRequest = Request[Any, Any, Any]


class DemoForm(msgspec.Struct, frozen=True):
    """The token that the page sends on."""

    token: Annotated[str, msgspec.Meta(max_length=100)]


@route("/{token:str}", http_method=READ)
async def show(request: AnyRequest, token: str) -> Response[bytes]:
    """Show one button; looking at the link does not use it up."""
    return pages.render(request, "admin/demo.html", DemoForm(token))


@post("/", status_code=303)
async def create(request: AnyRequest, db: Door, site: Site) -> Response[bytes]:
    """Use the link up and open the demo owner's session."""
    form = await read_form(request, DemoForm)
    opened = await service.sign_in_by_demo_link(db, form.token, visit_of(request))
    await service.forget(db, token_of(request))
    return pages.see_other("/admin/bookings", [session_cookie(site, opened)])


def routes() -> Router:
    """Return the demo's door."""
    return door("demo sign-in", "/admin/demo", [show, create], opens=signin, include_in_schema=False)
