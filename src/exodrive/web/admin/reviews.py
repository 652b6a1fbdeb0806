"""What renters say about cars: read, and shown or turned down."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, post, route

from exodrive.fleet.reviews.model import ReviewState
from exodrive.flows import reviews
from exodrive.kit.db import Door
from exodrive.overview import reviews as overview
from exodrive.overview.reviews import Listed
from exodrive.staff import store as staff
from exodrive.staff.model import Session
from exodrive.web.admin.bookings import key_of
from exodrive.web.admin.guard import session_of, visit_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_query

AnyRequest = Request[Any, Any, Any]


class Filter(msgspec.Struct, frozen=True):
    """What the list shows; the whole state of the page is its address."""

    status: ReviewState | None = None
    before: Annotated[str, msgspec.Meta(max_length=100)] = ""


class ReviewsPage(msgspec.Struct, frozen=True):
    """The list as a page."""

    session: Session
    filter: Filter
    listed: Listed
    states: list[str]

    def address(self, state: str, before: str = "") -> str:
        """Return where a state is shown, from a review on."""
        query = urlencode({name: value for name, value in (("status", state), ("before", before)) if value})
        return f"/admin/reviews{'?' if query else ''}{query}"


@route("/reviews", http_method=READ)
async def index(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show the list, newest first."""
    wanted = read_query(request, Filter)
    async with db.scope() as scope:
        listed = await overview.page(scope, state=wanted.status, before=key_of(wanted.before))
    page = ReviewsPage(session_of(request), wanted, listed, [state.value for state in ReviewState])
    return pages.render(request, "admin/reviews.html", page)


@post("/reviews/{review_id:uuid}/approval", status_code=303)
async def approve(request: AnyRequest, db: Door, review_id: UUID) -> Response[bytes]:
    """Show a review on the car's page."""
    return await _decide(request, db, review_id, ReviewState.APPROVED)


@post("/reviews/{review_id:uuid}/rejection", status_code=303)
async def reject(request: AnyRequest, db: Door, review_id: UUID) -> Response[bytes]:
    """Keep a review from being shown, or take it off the car's page."""
    return await _decide(request, db, review_id, ReviewState.REJECTED)


async def _decide(request: AnyRequest, db: Door, review_id: UUID, state: ReviewState) -> Response[bytes]:
    session, visit = session_of(request), visit_of(request)
    async with db.scope() as scope:
        if await reviews.decide(scope, review_id, state, session.staff_id, session.name):
            await staff.note(scope, session.staff_id, f"review_{state}", ("review", str(review_id)), {}, visit.ip)
    return pages.see_other(f"/admin/reviews?status={ReviewState.WAITING}")


HANDLERS = [index, approve, reject]
