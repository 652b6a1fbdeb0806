"""Who sent this request: from one of our own pages, or from elsewhere; and from which network."""

import ipaddress
from functools import lru_cache
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from exodrive.kit.errors import Forbidden, Problem
from exodrive.kit.words import _
from exodrive.web.shell.site import Site

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotJson(Problem):
    """The API takes JSON, and a form of another site cannot send it."""

    status = 415
    code = "media-type"


async def same_site(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse unsafe requests that another site made a browser send. Runs before the body is read.

    It waits for nothing, and is async all the same: a plain function would be sent to a thread for each request.

    Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin. A caller of the API that sends neither is no browser
    and carries no cookies of ours by accident; it must name its content type, which a plain cross-site form cannot.
    """
    if connection.scope.get("method", "GET") in SAFE or handler.opt.get("machine"):
        return
    is_api = bool(handler.opt.get("api"))
    media_type = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_api and media_type != "application/json":
        raise NotJson(_("Send the body as JSON, with Content-Type: application/json."))
    if not _from_our_own(connection, is_api=is_api):
        raise Forbidden(_("This request came from another site. Open the page here and try again."))


def _from_our_own(connection: ASGIConnection[Any, Any, Any, Any], *, is_api: bool) -> bool:
    fetch_site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if fetch_site:
        return fetch_site in ("same-origin", "none")
    return _is_ours(connection, origin) if origin else is_api


def _is_ours(connection: ASGIConnection[Any, Any, Any, Any], origin: str) -> bool:
    site: Site = connection.app.state.site
    # On a machine of one's own a demo goes by several names; a shop goes by its public address.
    here = "" if site.is_secure else f"http://{connection.headers.get('host', '')}"
    return origin in (site.origin, here)


def client_ip(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the caller's address: the socket's, or the nearest one in X-Forwarded-For that is not a proxy we trust.

    What stands before that one in the header was written by strangers and is not looked at.
    """
    peer = _address(connection.client.host if connection.client else "")
    trusted = _networks(connection.app.state.site.trusted_proxies)
    hops = [hop for line in connection.headers.getall("x-forwarded-for", []) for hop in line.split(",")]
    while hops and peer and any(peer in network for network in trusted):
        nearer = _address(hops.pop())
        if nearer is None:
            break
        peer = nearer
    return str(peer or "127.0.0.1")


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def _address(text: str) -> Address | None:
    """Read an address as proxies write it: with or without brackets and a port; IPv4 in IPv6's clothes is IPv4."""
    text = text.strip()
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
