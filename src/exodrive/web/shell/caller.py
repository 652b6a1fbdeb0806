"""Who holds days: the browser by a random cookie set at checkout, and the network it comes from."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from exodrive.bookings.model import Caller
from exodrive.kit import links
from exodrive.kit.limits import network_of
from exodrive.web.shell import cookies, origin

_YEAR = 365 * 24 * 3600


def caller_of(request: Request[Any, Any, Any]) -> tuple[Caller, list[Cookie]]:
    """Return who asks, and the cookie to set when this browser has none yet. Only a checkout does this: public pages set no cookie."""
    site = request.app.state.site
    known = request.cookies.get(cookies.name_of(site, cookies.BROWSER), "")
    value = known if len(known) == links.TOKEN_LENGTH else links.new_token()
    fresh = [] if value == known else [cookies.cookie(site, cookies.BROWSER, value, seconds=_YEAR)]
    return Caller(links.hash_of(value), network_of(origin.client_ip(request))), fresh
