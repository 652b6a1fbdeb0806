"""Signing in and out, and accepting an invitation."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post

from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.errors import Problem, TooMany
from exodrive.kit.limits import Rule, network_of
from exodrive.staff import codes, service
from exodrive.web.admin.guard import session_cookie, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import door, signin
from exodrive.web.shell.forms import read_form
from exodrive.web.shell.site import Site

AnyRequest = Request[Any, Any, Any]
# Five tries in a quarter of an hour, per network and per address: guessing ends, nobody is shut out for long.
_TRIES = Rule(hits=5, seconds=15 * 60)
_Short = Annotated[str, msgspec.Meta(max_length=300)]


class SignInForm(msgspec.Struct, frozen=True):
    """What the sign-in page sends."""

    email: _Short
    password: _Short
    code: Annotated[str, msgspec.Meta(max_length=20)]


class InvitationForm(msgspec.Struct, frozen=True):
    """What the invitation page sends."""

    token: Annotated[str, msgspec.Meta(max_length=100)]
    secret: Annotated[str, msgspec.Meta(min_length=16, max_length=64)]
    password: _Short
    code: Annotated[str, msgspec.Meta(max_length=20)]


class SignInPage(msgspec.Struct, frozen=True):
    """The sign-in page: what was typed, and what was wrong with it."""

    email: str = ""
    error: str = ""


class InvitationPage(msgspec.Struct, frozen=True):
    """The invitation page: for whom, the QR code for their authenticator, and what was wrong."""

    token: str
    name: str
    email: str
    secret: str
    picture: str
    error: str = ""
    fields: dict[str, str] = {}


@get("/sign-in")
async def show(request: AnyRequest) -> Response[bytes]:
    """Show the sign-in page."""
    return pages.render(request, "admin/sign_in.html", SignInPage())


@post("/sign-in")
async def create(request: AnyRequest, db: Door, world: World, site: Site) -> Response[bytes]:
    """Open a session for the right e-mail, password and code."""
    form = await read_form(request, SignInForm)
    visit = visit_of(request)
    try:
        await world.limits.hit("sign-in from", network_of(visit.ip), _TRIES)
        await world.limits.hit("sign-in as", form.email.lower(), _TRIES)
        opened = await service.sign_in(db, form.email, form.password, form.code.replace(" ", ""), visit)
    except Problem as problem:
        return _again(request, "admin/sign_in.html", SignInPage(form.email, problem.detail), problem)
    return pages.see_other("/admin/bookings", [session_cookie(site, opened)])


@get("/invitations/{token:str}")
async def invitation(request: AnyRequest, db: Door, site: Site, token: str) -> Response[bytes]:
    """Show an invitation; looking at it changes nothing."""
    member = await service.invited(db, token)
    page = _invitation(site, token, member.name, member.email, codes.new_secret())
    return pages.render(request, "admin/invitation.html", page)


@post("/invitations")
async def accept(request: AnyRequest, db: Door, world: World, site: Site) -> Response[bytes]:
    """Set password and authenticator, and open the first session."""
    form = await read_form(request, InvitationForm)
    visit = visit_of(request)
    await world.limits.hit("invitation from", network_of(visit.ip), Rule(hits=20, seconds=15 * 60))
    member = await service.invited(db, form.token)
    try:
        opened = await service.accept(db, form.token, form.password, form.secret, form.code.replace(" ", ""), visit)
    except Problem as problem:
        page = _invitation(site, form.token, member.name, member.email, form.secret)
        wrong = msgspec.structs.replace(page, error=problem.detail, fields=problem.fields)
        return _again(request, "admin/invitation.html", wrong, problem)
    return pages.see_other("/admin/bookings", [session_cookie(site, opened)])


def _invitation(site: Site, token: str, name: str, email: str, secret: str) -> InvitationPage:
    picture = codes.picture(codes.address(secret, email=email, company=site.company_name))
    return InvitationPage(token, name, email, secret, picture)


def _again(request: AnyRequest, template: str, page: msgspec.Struct, problem: Problem) -> Response[bytes]:
    headers = {"retry-after": str(problem.retry_after)} if isinstance(problem, TooMany) else {}
    return pages.render(request, template, page, status=problem.status, headers=headers)


def routes() -> Router:
    """Return the door of staff sign-in."""
    return door("staff sign-in", "/admin", [show, create, invitation, accept], opens=signin, include_in_schema=False)
