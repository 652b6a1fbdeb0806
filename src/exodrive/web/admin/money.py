"""Where our book and PayPal's differ, what to do about it, and saying that it is done."""

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, post, route

from exodrive.flows.comparison.resolving import resolve
from exodrive.kit.db import Door
from exodrive.kit.errors import Problem
from exodrive.kit.words import _
from exodrive.overview import money_differences as overview
from exodrive.overview.money_differences import Comparison
from exodrive.payments.differences.model import Difference
from exodrive.payments.differences.words import advice, gap_words, thing_words
from exodrive.staff.model import Session, StaffRole
from exodrive.web.admin.bookings import key_of
from exodrive.web.admin.guard import by, session_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_form, read_query

AnyRequest = Request[Any, Any, Any]
MAY = {"role": StaffRole.MANAGER}


class Shown(StrEnum):
    """Which differences are shown."""

    OPEN = "open"
    RESOLVED = "resolved"


class Filter(msgspec.Struct, frozen=True):
    """What the list shows; the whole state of the page is its address."""

    shown: Shown = Shown.OPEN
    before: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Resolution(msgspec.Struct, frozen=True):
    """Why a difference needs nothing more."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    csrf: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A difference in words."""

    difference: Difference
    thing: str
    gap: str
    advice: str


class MoneyPage(msgspec.Struct, frozen=True, kw_only=True):
    """The list as a page, and how the newest comparison went. ``refused`` is why ``tried`` was not resolved."""

    session: Session
    filter: Filter
    entries: tuple[Entry, ...]
    next: str | None
    newest: Comparison | None
    refused: str = ""
    tried: UUID | None = None

    def address(self, shown: str, before: str = "") -> str:
        """Return where these are shown, from one on."""
        query = urlencode({name: value for name, value in (("shown", shown), ("before", before)) if value and value != Shown.OPEN})
        return f"/admin/money{'?' if query else ''}{query}"


@route("/money", http_method=READ, opt=MAY)
async def index(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show what is open, or what is not any more, the newest first."""
    return await _page(request, db, read_query(request, Filter))


@post("/money/{difference_id:uuid}/resolution", status_code=303, opt=MAY)
async def resolve_one(request: AnyRequest, db: Door, difference_id: UUID) -> Response[bytes]:
    """Say that a difference needs nothing more, and why."""
    try:
        form = await read_form(request, Resolution)
        await resolve(db, difference_id, form.reason, by(request))
    except Problem as problem:
        return await _page(request, db, Filter(), problem, difference_id)
    return pages.see_other("/admin/money")


def entry_of(difference: Difference) -> Entry:
    """Put a difference into words."""
    return Entry(difference, thing_words(difference.thing), gap_words(difference.gap), advice(difference.gap))


async def _page(
    request: AnyRequest, db: Door, wanted: Filter, problem: Problem | None = None, tried: UUID | None = None
) -> Response[bytes]:
    async with db.scope() as scope:
        listed = await overview.page(scope, resolved=wanted.shown is Shown.RESOLVED, before=key_of(wanted.before))
        newest = await overview.newest(scope)
    page = MoneyPage(
        session=session_of(request),
        filter=wanted,
        entries=tuple(map(entry_of, listed.rows)),
        next=listed.next,
        newest=newest,
        refused=_told(problem) if problem else "",
        tried=tried,
    )
    return pages.render(request, "admin/money.html", page, status=problem.status if problem else 200)


def _told(problem: Problem) -> str:
    return _("Say why, in a few words; the list keeps it.") if "reason" in problem.fields else problem.detail


HANDLERS = [index, resolve_one]
