"""The private link of a booking, shown to whoever has it already: to copy it, to hand it on, to open it on another device."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, route

from exodrive.bookings import service as bookings
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.overview.booking_page import NoBooking, id_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ, door
from exodrive.web.shell.holder import holder
from exodrive.web.shell.site import Site


class SharePage(msgspec.Struct, frozen=True):
    """The link, and what it is called when it is handed on."""

    reference: str
    title: str
    link: str


@route("/booking/{reference:str}/share", http_method=READ, include_in_schema=False)
async def show(request: Request[Any, Any, Any], world: World, site: Site, reference: str) -> Response[bytes]:
    """Show the link on a page of its own: the booking's page itself never holds the secret."""
    booking_id = await id_of(holder(request, reference), reference)
    link = site.url(f"/booking/{await _token_of(world, booking_id)}")
    title = _("Booking %(reference)s at %(company)s") % {"reference": reference, "company": site.company_name}
    return pages.render(request, "storefront/share.html", SharePage(reference, title, link))


async def _token_of(world: World, booking_id: BookingId) -> str:
    """Make the link's token again: what the request came with may be the key of a PIN, which would open the booking without asking."""
    async with world.door.scope() as db:
        token = await bookings.token_of(db, world.links, booking_id)
    if token is None:
        raise NoBooking
    return token


def routes() -> Router:
    """Return the door of the link."""
    return door("share", "/", [show])
