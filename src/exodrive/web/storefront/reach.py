"""How search engines find the shop: robots.txt and the sitemap."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, route
from markupsafe import escape

from exodrive.kit.db import Door
from exodrive.kit.texts import Texts
from exodrive.overview import sitemap as overview
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.site import Site
from exodrive.web.storefront.legal import texts_of

#: What is personal, for programs, or a piece of another page.
PRIVATE = (
    "/admin",
    "/api",
    "/availability",
    "/booking",
    "/cron",
    "/paypal",
    "/cars/*/calendar",
    "/cars/*/checkout",
    "/cars/*/quote",
)
_KEPT = {"cache-control": "public, max-age=3600"}  # nothing in them is personal or decides anything
AnyRequest = Request[Any, Any, Any]


@route("/robots.txt", http_method=READ, include_in_schema=False, sync_to_thread=False)
def robots(site: Site) -> Response[str]:
    """Tell crawlers what is not for them, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {site.url('/sitemap.xml')}", ""]
    return Response("\n".join(lines), media_type="text/plain", headers=_KEPT)


@route("/sitemap.xml", http_method=READ, include_in_schema=False)
async def sitemap(request: Request[Any, Any, Any], site: Site, db: Door) -> Response[bytes]:
    """List the public pages, with the moment each last changed where rows know it."""
    async with db.scope() as scope:
        cars = await overview.shown(scope)
    newest = max((car.changed for car in cars), default=None)
    pages = [("/", newest), ("/cars", newest), *((f"/cars/{car.slug}", car.changed) for car in cars), *_standing(texts_of(request))]
    body = "".join(_entry(site.url(path), changed) for path, changed in pages)
    content = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n'
    return Response(content.encode(), media_type="application/xml", headers=_KEPT)


def _standing(policies: Texts) -> Iterator[tuple[str, None]]:
    yield "/contact", None
    yield "/policies", None
    for policy in policies.newest():
        yield f"/policies/{policy.name}", None


def _entry(address: str, changed: datetime | None) -> str:
    moment = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{moment}</url>\n"


def routes() -> Router:
    """Return the door of crawlers."""
    return door("crawlers", "/", [robots, sitemap], opens=anon)
