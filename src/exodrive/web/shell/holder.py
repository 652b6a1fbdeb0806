"""Who may see a booking: whoever brings its private link's token, in the booking's own cookie or, for programs, as a bearer key."""

from typing import Any

from litestar import Request

from exodrive.kit import links
from exodrive.kit.db import Door
from exodrive.overview.booking_page import NoBooking
from exodrive.web.shell import cookies

AnyRequest = Request[Any, Any, Any]


def holder(request: AnyRequest, reference: str) -> Door:
    """Open the database as the holder of this booking's link, or raise the one NotFound that wrong, expired and revoked links get.

    Whether the token is any good is decided inside the database: the door shows one booking or nothing.
    """
    token = token_of(request, reference)
    if len(token) != links.TOKEN_LENGTH:
        raise NoBooking
    door: Door = request.app.state.world.doors.token(links.hash_of(token))
    return door


def token_of(request: AnyRequest, reference: str) -> str:
    """Return the token that came with a request for a booking, good or not; empty when none came."""
    return _bearer(request) or request.cookies.get(cookies.name_of(request.app.state.site, cookies.booking(reference)), "")


def _bearer(request: AnyRequest) -> str:
    given = request.headers.get("authorization", "")
    return given.removeprefix("Bearer ") if given.startswith("Bearer ") else ""
