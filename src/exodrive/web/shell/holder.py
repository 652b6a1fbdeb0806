"""Who may see a booking: whoever brings its private link's token, in the booking's own cookie or, for programs, as a bearer key."""

from typing import Any, NamedTuple

from litestar import Request

from exodrive.bookings.pin import service as pins
from exodrive.flows.world import World
from exodrive.kit import links
from exodrive.kit.db import Door
from exodrive.kit.limits import Rule, network_of
from exodrive.overview.booking_page import NoBooking, reference_of
from exodrive.web.shell import cookies
from exodrive.web.shell.origin import client_ip

AnyRequest = Request[Any, Any, Any]
_GUESSES = Rule(hits=120, seconds=60)  # far more than people follow links, far too few to find one of 2^256


class Entry(NamedTuple):
    """What a private link led to: the booking's reference, and the key that opens it from now on."""

    reference: str
    key: str


async def enter(request: AnyRequest, world: World, token: str, pin: str | None) -> Entry:
    """Exchange the token of a private link, with the PIN where it asks for one, for the key of its booking.

    Raises NoBooking, PinAsked, WrongPin, NoTriesLeft, and TooMany for a network that tries many links.
    """
    network = network_of(client_ip(request))
    await world.limits.hit("link from", network, _GUESSES)
    if len(token) != links.TOKEN_LENGTH or not token.isascii():
        raise NoBooking
    key = await pins.key_of(world.door, world.links, token, network, pin)
    return Entry(await reference_of(world.doors.token(links.hash_of(key))), key)


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
