"""The back office's guard: a living session for every request, its own token in every form, and enough of a role."""

import hmac
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.types import ControllerRouterHandler

from exodrive.flows.by import By
from exodrive.kit import links
from exodrive.kit.db import Door
from exodrive.kit.errors import Forbidden, Problem
from exodrive.kit.words import _
from exodrive.overview import alarms
from exodrive.staff import service
from exodrive.staff.model import Opened, Session, StaffRole, Visit
from exodrive.web.shell import cookies, origin
from exodrive.web.shell.doors import door
from exodrive.web.shell.site import Site

AnyRequest = Request[Any, Any, Any]
_RANK = {StaffRole.AGENT: 0, StaffRole.MANAGER: 1, StaffRole.OWNER: 2}


class SignedOut(Problem):
    """There is no living session; a person is sent to the sign-in page."""

    status = 401
    code = "signed-out"


async def in_session(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a request in that brings a living session with enough of a role; remember the session for its handler."""
    token, session, rotated = token_of(connection), None, None
    if len(token) == links.TOKEN_LENGTH:
        session, rotated = await service.session_of(connection.app.state.world.doors.signin(), token)
    if session is None:
        raise SignedOut(_("Please sign in."))
    if not may(session, StaffRole(handler.opt.get("role", StaffRole.AGENT))):
        raise Forbidden(_("Your role does not allow this. Ask a manager."))
    connection.scope["state"]["session"] = session if handler.opt.get("api") else await _alarmed(connection, session)
    if rotated:
        kept = session_cookie(connection.app.state.site, rotated)
        connection.scope["state"]["set_cookie"] = kept.to_header(header="").encode()


async def _alarmed(connection: ASGIConnection[Any, Any, Any, Any], session: Session) -> Session:
    """Every page of the back office says how many alarms are open."""
    async with connection.app.state.world.doors.admin(session.staff_id).scope() as db:
        return msgspec.structs.replace(session, alarms=await alarms.count(db))


def may(session: Session, role: StaffRole) -> bool:
    """Tell whether somebody's role allows what ``role`` may."""
    return _RANK[session.role] >= _RANK[role]


async def own_form(request: AnyRequest) -> None:
    """Refuse an unsafe request whose form does not carry the session's own token (beside the same-site check)."""
    if request.method in origin.SAFE:
        return
    form = await request.form()
    given = request.headers.get("x-csrf-token") or str(form.get("csrf", ""))
    if not hmac.compare_digest(given.encode(), session_of(request).csrf_token.encode()):
        raise Forbidden(_("This form is out of date. Go back, load the page again, and repeat what you did."))


def token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return what the session's cookie carries, or nothing."""
    return connection.cookies.get(cookies.name_of(connection.app.state.site, cookies.STAFF), "")


def session_cookie(site: Site, opened: Opened) -> Cookie:
    """Make the cookie of a session; it ends with the browser's own session, or when the database says so."""
    return cookies.cookie(site, cookies.STAFF, opened.token)


def session_of(request: AnyRequest) -> Session:
    """Return the session of a request that the guard let in."""
    session: Session = request.scope["state"]["session"]
    return session


def visit_of(request: AnyRequest) -> Visit:
    """Return from where a request comes, for sessions and the book of what staff did."""
    return Visit(origin.client_ip(request), request.headers.get("user-agent", ""))


def by(request: AnyRequest) -> By:
    """Return who changes something, for the book of what staff did."""
    return By(session_of(request).staff_id, visit_of(request).ip)


def back_office(handlers: Sequence[ControllerRouterHandler]) -> Router:
    """Make the door of the back office: session, form token, and the database as this member of staff."""
    return door("back office", "/admin", handlers, opens=as_admin, guards=[in_session], before_request=own_form, include_in_schema=False)


def back_office_api(handlers: Sequence[ControllerRouterHandler]) -> Router:
    """Make the door of the back office's JSON: the same session, with its form token in the header X-CSRF-Token."""
    guarded: dict[str, Any] = {"guards": [in_session], "before_request": own_form, "include_in_schema": False}
    return door("back office API", "/api/admin", handlers, opens=as_admin, opt={"api": True}, **guarded)


def as_admin(request: AnyRequest) -> Door:
    """Open the database as this member of staff."""
    doors = request.app.state.world.doors
    admin: Door = doors.admin(session_of(request).staff_id)
    return admin
