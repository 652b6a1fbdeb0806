"""The list of bookings."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, route

from exodrive.bookings.model import BookingStatus
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _
from exodrive.overview import staff_list
from exodrive.overview.staff_list import COUNTED, Listed
from exodrive.staff.model import Session
from exodrive.web.admin.guard import session_of
from exodrive.web.shell import formats, pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_query


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

    def address(self, status: str, before: str = "") -> str:
        """Return where the same search is shown for a state, from a booking on."""
        query = urlencode({name: value for name, value in (("status", status), ("q", self.filter.q), ("before", before)) if value})
        return f"/admin/bookings{'?' if query else ''}{query}"

    def number(self, *states: str) -> str:
        """Return how many bookings were found in these states together: ``340``; ``1,000+`` where nobody counted further."""
        counts = [self.listed.counts.get(state, 0) for state in states]
        if max(counts) > COUNTED:
            return _("%(number)s+") % {"number": formats.number(sum(min(count, COUNTED) for count in counts))}
        return formats.number(sum(counts))


@route(["/", "/bookings"], http_method=READ)
async def index(request: Request[Any, Any, Any], db: Door) -> Response[bytes]:
    """Show the list, newest first."""
    wanted = read_query(request, Filter)
    async with db.scope() as scope:
        listed = await staff_list.page(scope, status=wanted.status, search=wanted.q, before=key_of(wanted.before))
    page = ListPage(session_of(request), wanted, listed, [status.value for status in BookingStatus])
    return pages.render(request, "admin/bookings.html", page)


def key_of(text: str) -> tuple[datetime, UUID] | None:
    """Read the key of a page from its address; empty means the first. Raises BadInput."""
    if not text:
        return None
    moment, _underscore, booking_id = text.partition("_")
    try:
        key = datetime.fromisoformat(moment), UUID(booking_id)
    except ValueError:
        key = None
    if key is None or key[0].tzinfo is None:
        raise BadInput(_("This page does not exist."), fields={"before": _("Start again from the first page.")})
    return key


HANDLERS = [index]
