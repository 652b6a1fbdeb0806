"""The file of one booking, and what staff may do to it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post, route

from exodrive.bookings import service as links
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.bookings.tiers import tier_words
from exodrive.flows import cancel
from exodrive.flows.world import World
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import NotFound, Problem
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.overview import staff_file
from exodrive.overview.staff_file import File
from exodrive.pricing.words import due_rows, explained, price_rows
from exodrive.staff import store as staff
from exodrive.staff.model import Session, StaffRole
from exodrive.web.admin.guard import may, session_of, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_form
from exodrive.web.shell.site import Site

AnyRequest = Request[Any, Any, Any]
_CANCELS = StaffRole.MANAGER
_CANCELLABLE = (BookingStatus.PENDING, BookingStatus.UPCOMING)


class FilePage(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a booking as a page. ``link`` is there once, right after it was made; ``refused`` is why something was not done."""

    session: Session
    file: File
    price: list[tuple[str, str]]
    reasons: list[tuple[str, str, str]]
    due: list[tuple[str, str]]
    tiers: list[str]
    may_cancel: bool
    link: str = ""
    refused: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why staff did something; asked for wherever money or access changes."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    csrf: str = ""


class Nothing(msgspec.Struct, frozen=True):
    """A form that carries only its token."""

    csrf: str = ""


@route("/bookings/{reference:str}", http_method=READ)
async def show(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Show the file of one booking."""
    return await _page(request, db, reference)


@post("/bookings/{reference:str}/link", status_code=200)
async def reissue_link(request: AnyRequest, db: Door, world: World, site: Site, reference: str) -> Response[bytes]:
    """Make a new private link and show it, this once; the old one ends at once."""
    await read_form(request, Nothing)
    async with db.scope() as scope:
        booking = (await _file(scope, reference)).booking
        token = await links.reissue_link(scope, world.links, world.rules, BookingId(booking.id), _actor(request))
        await _note(scope, request, "link_reissued", booking.id)
    return await _page(request, db, reference, link=site.url(f"/booking/{token}"))


@post("/bookings/{reference:str}/link/revocation", status_code=303)
async def revoke_link(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """End the private link at once."""
    try:
        form = await read_form(request, Reason)
        async with db.scope() as scope:
            booking = (await _file(scope, reference)).booking
            if await links.revoke_link(scope, BookingId(booking.id), _actor(request), form.reason):
                await _note(scope, request, "link_revoked", booking.id, reason=form.reason)
    except Problem as problem:
        return await _page(request, db, reference, problem=problem)
    return pages.see_other(f"/admin/bookings/{reference}")


@post("/bookings/{reference:str}/cancellation", status_code=303, opt={"role": _CANCELS})
async def cancel_booking(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Cancel a booking on the company's behalf: the days are free again, and all that was paid goes back."""
    try:
        form = await read_form(request, Reason)
        async with db.scope() as scope:
            booking = (await _file(scope, reference)).booking
        await cancel.by_staff(world, db, BookingId(booking.id), _actor(request), form.reason)
        async with db.scope() as scope:
            await _note(scope, request, "booking_cancelled", booking.id, reason=form.reason)
    except Problem as problem:
        return await _page(request, db, reference, problem=problem)
    return pages.see_other(f"/admin/bookings/{reference}")


async def _page(request: AnyRequest, db: Door, reference: str, *, link: str = "", problem: Problem | None = None) -> Response[bytes]:
    async with db.scope() as scope:
        file = await _file(scope, reference)
    session = session_of(request)
    page = FilePage(
        session=session,
        file=file,
        price=price_rows(file.booking.price),
        reasons=explained(file.booking.price),
        due=due_rows(file.booking.price),
        tiers=[tier_words(tier) for tier in file.booking.cancellation_tiers],
        may_cancel=may(session, _CANCELS) and file.booking.status in _CANCELLABLE,
        link=link,
        refused=_told(problem) if problem else "",
    )
    return pages.render(request, "admin/booking.html", page, status=problem.status if problem else 200)


def _told(problem: Problem) -> str:
    if "reason" in problem.fields:
        return _("Say why, in a few words; the history keeps it.")
    return problem.detail


async def _file(scope: Db, reference: str) -> File:
    file = await staff_file.file(scope, reference.upper()) if reference.isascii() and reference.isalnum() else None
    if file is None:
        raise NotFound(_("There is no booking with this reference."))
    return file


async def _note(scope: Db, request: AnyRequest, action: str, booking_id: UUID, **details: str) -> None:
    session, visit = session_of(request), visit_of(request)
    await staff.note(scope, session.staff_id, action, ("booking", str(booking_id)), details, visit.ip)


def _actor(request: AnyRequest) -> Actor:
    session = session_of(request)
    return Actor("admin", str(session.staff_id), session.name)


HANDLERS = [show, reissue_link, revoke_link, cancel_booking]
