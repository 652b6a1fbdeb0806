"""Signing in, and accepting an invitation."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, post, route

from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.errors import Problem, TooMany
from exodrive.kit.limits import Rule, network_of
from exodrive.staff import codes, service
from exodrive.staff.model import Member, Opened, Visit
from exodrive.web.admin.guard import session_cookie, token_of, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ, door, signin
from exodrive.web.shell.forms import read_form
from exodrive.web.shell.site import Site

AnyRequest = Request[Any, Any, Any]
_QUARTER = 15 * 60
# Guessing ends after five tries at one person; a whole office may sign in from one network; and strangers who try somebody's
# address from many networks do not shut that person out of their own.
_PERSON_HERE = Rule(hits=5, seconds=_QUARTER)
_NETWORK = Rule(hits=30, seconds=_QUARTER)
_PERSON = Rule(hits=60, seconds=_QUARTER)
_Short = Annotated[str, msgspec.Meta(max_length=300)]
_Code = Annotated[str, msgspec.Meta(max_length=20)]


class SignInForm(msgspec.Struct, frozen=True):
    """What the sign-in page sends."""

    email: _Short = ""
    password: _Short = ""
    code: _Code = ""


class InvitationForm(msgspec.Struct, frozen=True):
    """What the invitation page sends."""

    token: Annotated[str, msgspec.Meta(max_length=100)]
    secret: Annotated[str, msgspec.Meta(pattern="^[A-Z2-7]{32}$")]
    password: _Short = ""
    code: _Code = ""


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

    @property
    def key(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


@route("/sign-in", http_method=READ)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show the sign-in page."""
    return pages.render(request, "admin/sign_in.html", SignInPage())


@post("/sign-in", status_code=303)
async def create(request: AnyRequest, db: Door, world: World, site: Site) -> Response[bytes]:
    """Open a session for the right e-mail, password and code."""
    form = await read_form(request, SignInForm, verbatim={"password"})
    visit = visit_of(request)
    try:
        await _count_try(world, visit, form.email.lower())
        opened = await service.sign_in(db, form.email, form.password, _digits(form.code), visit)
    except Problem as problem:
        return _again(request, "admin/sign_in.html", SignInPage(form.email, problem.detail), problem)
    return await _let_in(request, db, site, opened)


async def _count_try(world: World, visit: Visit, email: str) -> None:
    network = network_of(visit.ip)
    await world.limits.hit("sign-in from", network, _NETWORK)
    await world.limits.hit("sign-in as, from", f"{email} {network}", _PERSON_HERE)
    await world.limits.hit("sign-in as", email, _PERSON)


@route("/invitations/{token:str}", http_method=READ)
async def invitation(request: AnyRequest, db: Door, site: Site, token: str) -> Response[bytes]:
    """Show an invitation; looking at it changes nothing."""
    member = await service.invited(db, token)
    page = _invitation(site, token, member, codes.new_secret())
    return pages.render(request, "admin/invitation.html", page)


@post("/invitations", status_code=303)
async def accept(request: AnyRequest, db: Door, world: World, site: Site) -> Response[bytes]:
    """Set password and authenticator, and open the first session."""
    form = await read_form(request, InvitationForm, verbatim={"password"})
    visit = visit_of(request)
    await world.limits.hit("invitation from", network_of(visit.ip), _NETWORK)
    member = await service.invited(db, form.token)
    try:
        opened = await service.accept(db, form.token, form.password, form.secret, _digits(form.code), visit)
    except Problem as problem:
        page = _invitation(site, form.token, member, form.secret)
        wrong = msgspec.structs.replace(page, error=problem.detail, fields=problem.fields)
        return _again(request, "admin/invitation.html", wrong, problem)
    return await _let_in(request, db, site, opened)


async def _let_in(request: AnyRequest, db: Door, site: Site, opened: Opened) -> Response[bytes]:
    """Go on with the new session; the one this browser had before ends, so that no cookie from before the sign-in is worth anything."""
    await service.forget(db, token_of(request))
    return pages.see_other("/admin/bookings", [session_cookie(site, opened)])


def _digits(code: str) -> str:
    return code.replace(" ", "")


def _invitation(site: Site, token: str, member: Member, secret: str) -> InvitationPage:
    picture = codes.picture(codes.address(secret, email=member.email, company=site.company_name))
    return InvitationPage(token, member.name, member.email, secret, picture)


def _again(request: AnyRequest, template: str, page: msgspec.Struct, problem: Problem) -> Response[bytes]:
    headers = {"retry-after": str(problem.retry_after)} if isinstance(problem, TooMany) else {}
    return pages.render(request, template, page, status=problem.status, headers=headers)


def routes() -> Router:
    """Return the door of staff sign-in."""
    return door("staff sign-in", "/admin", [show, create, invitation, accept], opens=signin, include_in_schema=False)
