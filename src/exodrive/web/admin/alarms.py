"""What needs a person now, on one page; saying that a clash or failed work was seen to, and having the work tried again."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, post, route

from exodrive.flows import failed_work
from exodrive.flows.overdue import close
from exodrive.kit.db import Door
from exodrive.kit.errors import Problem
from exodrive.kit.words import _
from exodrive.overview import alarms as overview
from exodrive.overview.alarms import Alarms
from exodrive.staff.model import Session
from exodrive.web.admin.booking import Nothing
from exodrive.web.admin.deposit_view import alarm_words
from exodrive.web.admin.file import AnyRequest, actor
from exodrive.web.admin.guard import session_of, visit_of
from exodrive.web.admin.work_words import work_words
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_form

T = TypeVar("T", bound=msgspec.Struct)


class Closing(msgspec.Struct, frozen=True):
    """What was done about a clash, or instead of work that failed."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    csrf: str = ""


class AlarmsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All alarms as a page. ``refused`` is why that of ``tried`` was not closed.

    ``says`` are the deposits' in words, ``works`` the work that failed, each in its order.
    """

    session: Session
    alarms: Alarms
    says: tuple[str, ...]
    works: tuple[str, ...]
    refused: str = ""
    tried: UUID | None = None


@route("/alarms", http_method=READ)
async def index(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show what needs a person, the oldest of each kind first."""
    return await _page(request, db)


@post("/alarms/{clash_id:uuid}/closing", status_code=303)
async def close_one(request: AnyRequest, db: Door, clash_id: UUID) -> Response[bytes]:
    """Say what was done about a clash; it is over."""
    ip = visit_of(request).ip
    return await _act(request, db, clash_id, Closing, lambda form: close.by_staff(db, clash_id, actor(request), form.reason, ip=ip))


@post("/jobs/{work_id:uuid}/again", status_code=303)
async def try_again(request: AnyRequest, db: Door, work_id: UUID) -> Response[bytes]:
    """Have work that failed tried again."""
    ip = visit_of(request).ip
    return await _act(request, db, work_id, Nothing, lambda _form: failed_work.try_again(db, work_id, actor(request), ip=ip))


@post("/jobs/{work_id:uuid}/closing", status_code=303)
async def see_to(request: AnyRequest, db: Door, work_id: UUID) -> Response[bytes]:
    """Say what was done instead of work that failed; it is not tried again."""
    ip = visit_of(request).ip
    return await _act(request, db, work_id, Closing, lambda form: failed_work.see_to(db, work_id, actor(request), form.reason, ip=ip))


async def _act(request: AnyRequest, db: Door, about: UUID, kind: type[T], verb: Callable[[T], Awaitable[object]]) -> Response[bytes]:
    """Do what a form asks for and show the page again; when it is refused, with why."""
    try:
        await verb(await read_form(request, kind))
    except Problem as problem:
        return await _page(request, db, problem, about)
    return pages.see_other("/admin/alarms")


async def _page(request: AnyRequest, db: Door, problem: Problem | None = None, tried: UUID | None = None) -> Response[bytes]:
    async with db.scope() as scope:
        found = await overview.alarms(scope)
    says = tuple(alarm_words(one.kind) for one in found.deposits)
    works = tuple(work_words(one.topic) for one in found.failed)
    refused = _told(problem) if problem else ""
    page = AlarmsPage(session=session_of(request), alarms=found, says=says, works=works, refused=refused, tried=tried)
    return pages.render(request, "admin/alarms.html", page, status=problem.status if problem else 200)


def _told(problem: Problem) -> str:
    return _("Say what was done, in a few words; the history keeps it.") if "reason" in problem.fields else problem.detail


HANDLERS = [index, close_one, try_again, see_to]
