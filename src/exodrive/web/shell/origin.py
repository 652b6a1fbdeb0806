"""Who sent this request: from one of our own pages, or from elsewhere; and from which network."""

import ipaddress
from functools import lru_cache
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from exodrive.kit.words import _
from exodrive.web.shell.site import Site

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def same_site(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse unsafe requests that another site made a browser send. Runs before the body is read.

    It waits for nothing, and is async all the same: a plain function would be sent to a thread for each request.

    Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin. A caller of the API that sends neither is no browser
    and carries no cookies of ours by accident; it must name its content type, which a plain cross-site form cannot.
    """
    if connection.scope.get("method", "GET") in SAFE or handler.opt.get("machine"):
        return
    is_api = bool(handler.opt.get("api"))
    if is_api and not connection.headers.get("content-type", "").startswith("application/json"):
        raise ClientException(_("Send the body as JSON, with Content-Type: application/json."), status_code=415)
    if not _from_our_own(connection, is_api=is_api):
        raise PermissionDeniedException(_("This request came from another site. Open the page here and try again."))


def _from_our_own(connection: ASGIConnection[Any, Any, Any, Any], *, is_api: bool) -> bool:
    fetch_site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if fetch_site:
        return fetch_site in ("same-origin", "none")
    if origin:
        site: Site = connection.app.state.site
        return origin in (site.origin, f"{connection.url.scheme}://{connection.headers.get('host', '')}")
    return is_api


def client_ip(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the caller's address: the socket's, or the nearest one in X-Forwarded-For that is not a proxy we trust."""
    peer = connection.client.host if connection.client else "127.0.0.1"
    trusted = _networks(connection.app.state.site.trusted_proxies)
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and _is_trusted(peer, trusted):
        peer = hops.pop()
    return peer if _address(peer) else "127.0.0.1"


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_trusted(text: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in networks)
