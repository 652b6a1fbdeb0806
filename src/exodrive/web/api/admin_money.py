"""Where our book and PayPal's differ, as JSON for staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from exodrive.flows.comparison.resolving import resolve
from exodrive.kit.db import Door
from exodrive.overview import money_differences as overview
from exodrive.overview.money_differences import Comparison
from exodrive.payments.differences.model import Gap, Thing
from exodrive.web.admin.bookings import key_of
from exodrive.web.admin.guard import by
from exodrive.web.admin.money import MAY, Entry, Filter, Shown, entry_of
from exodrive.web.api.admin_endings import Why
from exodrive.web.shell.forms import read_json, read_query


class DifferenceAnswer(msgspec.Struct, frozen=True):
    """A difference: ``object`` and ``object_id`` are what it is about at PayPal, ``kind`` in what it differs, ``advice`` what to do.

    ``reference`` names the booking, null for what belongs to none. ``resolved_by`` and ``reason`` are null while it is open, and where it
    went away by itself.
    """

    id: UUID
    reference: str | None
    object: Thing
    object_id: str
    kind: Gap
    ours: str | None
    theirs: str | None
    says: str
    advice: str
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None


class DifferencesAnswer(msgspec.Struct, frozen=True):
    """A page of differences, the newest first; ``next`` is the key of the next page, ``compared`` how the newest comparison went."""

    differences: list[DifferenceAnswer]
    next: str | None
    compared: Comparison | None


class ResolutionOrder(msgspec.Struct, frozen=True):
    """Why a difference needs nothing more."""

    reason: Why


@get("/money/differences", opt=MAY)
async def index(request: Request[Any, Any, Any], db: Door) -> DifferencesAnswer:
    """Return what is open, or with ``shown=resolved`` what is not any more."""
    wanted = read_query(request, Filter)
    async with db.scope() as scope:
        listed = await overview.page(scope, resolved=wanted.shown is Shown.RESOLVED, before=key_of(wanted.before))
        newest = await overview.newest(scope)
    return DifferencesAnswer([_answer(entry_of(row)) for row in listed.rows], listed.next, newest)


@post("/money/differences/{difference_id:uuid}/resolution", status_code=204, opt=MAY)
async def resolve_one(request: Request[Any, Any, Any], db: Door, difference_id: UUID) -> Response[None]:
    """Say that a difference needs nothing more, and why."""
    order = await read_json(request, ResolutionOrder)
    await resolve(db, difference_id, order.reason, by(request))
    return Response(None, status_code=204)


def _answer(entry: Entry) -> DifferenceAnswer:
    one = entry.difference
    about = (one.id, one.reference, one.thing, one.object_id, one.gap, one.ours, one.theirs)
    return DifferenceAnswer(*about, entry.gap, entry.advice, one.first_seen, one.last_seen, one.resolved_at, one.resolved_by, one.reason)


HANDLERS = [index, resolve_one]
