"""Leaving: this session, or all of them."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post

from exodrive.flows.world import World
from exodrive.staff import service
from exodrive.web.admin.guard import session_of, visit_of
from exodrive.web.shell import cookies, pages
from exodrive.web.shell.forms import read_form
from exodrive.web.shell.site import Site


class SignOutForm(msgspec.Struct, frozen=True):
    """Whether to leave everywhere, on all devices."""

    csrf: str = ""
    everywhere: Annotated[str, msgspec.Meta(max_length=5)] = ""


@post("/sign-out", status_code=303)
async def destroy(request: Request[Any, Any, Any], world: World, site: Site) -> Response[bytes]:
    """End this session, or with ``everywhere`` all sessions of this person."""
    form = await read_form(request, SignOutForm)
    await service.sign_out(world.doors.signin(), session_of(request), visit_of(request), everywhere=bool(form.everywhere))
    request.scope["state"].pop("set_cookie", None)  # a cookie that was due for replacement ends with the rest
    return pages.see_other("/admin/sign-in", [cookies.cookie(site, cookies.STAFF, "", seconds=0)])


HANDLERS = [destroy]
