"""Bookings that wait for an answer, and the answer: on the booking's file."""

from typing import Annotated

import msgspec
from litestar import Response, post, route

from exodrive.flows.approval import answer
from exodrive.flows.approval.words import left_words
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId
from exodrive.overview import approvals as overview
from exodrive.overview.approvals import Waiting
from exodrive.overview.staff_file import File
from exodrive.staff.model import Session
from exodrive.web.admin.endings import Reason
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import session_of, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ


class Acceptance(msgspec.Struct, frozen=True):
    """The form of the one button that accepts."""

    key: Annotated[str, msgspec.Meta(max_length=200)] = ""
    csrf: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A booking that waits, and how long there is to answer it, in words."""

    row: Waiting
    left: str


class ApprovalsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The list as a page; ``has_more`` when there are more than it shows."""

    session: Session
    entries: tuple[Entry, ...]
    has_more: bool


@route("/approvals", http_method=READ)
async def index(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show what waits, the most urgent first."""
    async with db.scope() as scope:
        rows, has_more = await overview.waiting(scope)
    entries = tuple(Entry(row, left_words(row.left)) for row in rows)
    page = ApprovalsPage(session=session_of(request), entries=entries, has_more=has_more)
    return pages.render(request, "admin/approvals.html", page)


@post("/bookings/{reference:str}/acceptance", status_code=303)
async def accept(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Accept a booking: the car is the renter's."""

    async def run(file: File, form: Acceptance) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await answer.accept(db, booking_id, who, key=form.key, ip=ip)

    return await act(request, db, reference, Acceptance, run, panel="answer")


@post("/bookings/{reference:str}/refusal", status_code=303, opt={"role": MOVES_MONEY})
async def refuse(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Refuse a booking: it ends, and everything goes back."""

    async def run(file: File, form: Reason) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await answer.refuse(db, booking_id, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Reason, run, panel="answer")


HANDLERS = [index, accept, refuse]
