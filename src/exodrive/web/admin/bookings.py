"""The list of bookings, the file of one, and what staff may do to it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from exodrive.bookings import service as links
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.flows import cancel
from exodrive.flows.world import World
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput, NotFound
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.overview import staff_bookings
from exodrive.overview.staff_bookings import File, Listed
from exodrive.pricing import engine
from exodrive.pricing.words import price_rows
from exodrive.staff import store as staff
from exodrive.staff.model import Session, StaffRole
from exodrive.web.admin.guard import session_of, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.forms import read_form, read_query
from exodrive.web.shell.site import Site

AnyRequest = Request[Any, Any, Any]


class Filter(msgspec.Struct, frozen=True):
    """What the list shows; the whole state of the page is its address."""

    status: BookingStatus | None = None
    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    before: Annotated[str, msgspec.Meta(max_length=100)] = ""


class ListPage(msgspec.Struct, frozen=True):
    """The list as a page."""

    session: Session
    filter: Filter
    listed: Listed
    statuses: list[str]


class FilePage(msgspec.Struct, frozen=True):
    """The file of a booking as a page; ``link`` is its private link while one lives."""

    session: Session
    file: File
    price: list[tuple[str, str]]
    link: str | None
    may_cancel: bool


class Reason(msgspec.Struct, frozen=True):
    """Why staff did something; asked for wherever money or access changes."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    csrf: str = ""


class Nothing(msgspec.Struct, frozen=True):
    """A form that carries only its token."""

    csrf: str = ""


@get(["/", "/bookings"])
async def index(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show the list, newest first."""
    wanted = read_query(request, Filter)
    async with db.scope() as scope:
        listed = await staff_bookings.page(scope, status=wanted.status, search=wanted.q, before=_key(wanted.before))
    page = ListPage(session_of(request), wanted, listed, [status.value for status in BookingStatus])
    return pages.render(request, "admin/bookings.html", page)


@get("/bookings/{reference:str}")
async def show(request: AnyRequest, db: Door, world: World, site: Site, reference: str) -> Response[bytes]:
    """Show the file of one booking."""
    async with db.scope() as scope:
        file = await _file(scope, reference)
    link = site.url(f"/booking/{world.links.token(file.link.nonce, file.link.token_hash)}") if file.link else None
    price = price_rows(engine.replay(file.booking.price_snapshot))
    may_cancel = file.booking.status in (BookingStatus.PENDING, BookingStatus.UPCOMING)
    return pages.render(request, "admin/booking.html", FilePage(session_of(request), file, price, link, may_cancel))


@post("/bookings/{reference:str}/link")
async def reissue_link(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Make a new private link; the old one ends at once."""
    await read_form(request, Nothing)
    async with db.scope() as scope:
        booking = (await _file(scope, reference)).booking
        await links.reissue_link(scope, world.links, world.rules, BookingId(booking.id), _actor(request))
        await _note(scope, request, "link_reissued", booking.id)
    return pages.see_other(f"/admin/bookings/{reference}")


@post("/bookings/{reference:str}/link/revocation")
async def revoke_link(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """End the private link at once."""
    form = await read_form(request, Reason)
    async with db.scope() as scope:
        booking = (await _file(scope, reference)).booking
        await links.revoke_link(scope, BookingId(booking.id), _actor(request))
        await _note(scope, request, "link_revoked", booking.id, reason=form.reason)
    return pages.see_other(f"/admin/bookings/{reference}")


@post("/bookings/{reference:str}/cancellation", opt={"role": StaffRole.MANAGER})
async def cancel_booking(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Cancel a booking on the company's behalf: the days are free again, and all that was paid goes back."""
    form = await read_form(request, Reason)
    async with db.scope() as scope:
        booking = (await _file(scope, reference)).booking
    await cancel.by_staff(world, db, BookingId(booking.id), _actor(request), form.reason)
    async with db.scope() as scope:
        await _note(scope, request, "booking_cancelled", booking.id, reason=form.reason)
    return pages.see_other(f"/admin/bookings/{reference}")


async def _file(scope: Db, reference: str) -> File:
    file = await staff_bookings.file(scope, reference.upper())
    if file is None:
        raise NotFound(_("There is no booking with this reference."))
    return file


async def _note(scope: Db, request: AnyRequest, action: str, booking_id: UUID, **details: str) -> None:
    session, visit = session_of(request), visit_of(request)
    await staff.note(scope, session.staff_id, action, ("booking", str(booking_id)), details, visit.ip)


def _actor(request: AnyRequest) -> Actor:
    session = session_of(request)
    return Actor("admin", str(session.staff_id), session.name)


def _key(text: str) -> tuple[datetime, UUID] | None:
    if not text:
        return None
    moment, _underscore, booking_id = text.partition("_")
    try:
        return datetime.fromisoformat(moment), UUID(booking_id)
    except ValueError as wrong:
        raise BadInput(_("This page does not exist."), fields={"before": _("Start again from the first page.")}) from wrong


HANDLERS = [index, show, reissue_link, revoke_link, cancel_booking]
