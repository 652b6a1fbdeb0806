"""The private link of a booking, shown to whoever has it already: to copy it, to hand it on, to open it on another device."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, route

from exodrive.kit.words import _
from exodrive.overview.booking_page import id_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ, door
from exodrive.web.shell.holder import holder, token_of
from exodrive.web.shell.site import Site


class SharePage(msgspec.Struct, frozen=True):
    """The link, and what it is called when it is handed on."""

    reference: str
    title: str
    link: str


@route("/booking/{reference:str}/share", http_method=READ, include_in_schema=False)
async def show(request: Request[Any, Any, Any], site: Site, reference: str) -> Response[bytes]:
    """Show the link on a page of its own: the booking's page itself never holds the secret."""
    await id_of(holder(request, reference), reference)
    title = _("Booking %(reference)s at %(company)s") % {"reference": reference, "company": site.company_name}
    link = site.url(f"/booking/{token_of(request, reference)}")
    return pages.render(request, "storefront/share.html", SharePage(reference, title, link))


def routes() -> Router:
    """Return the door of the link."""
    return door("share", "/", [show])
