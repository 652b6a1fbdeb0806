"""Whatever a page sends by its forms and links is known to be read, and so is attacked (test_injection.py)."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from exodrive.bookings.model import Rules
from exodrive.pricing.kinds import RuleKind
from exodrive.staff.model import StaffRole
from tests.builders import Build, days_ahead
from tests.team import Person, Team
from tests.web.parameters import names
from tests.web.routes import Route, route_of, routes

# Read before a handler is asked: the token of a session's forms, by the back office's guard.
BEFORE = {"csrf"}


class Forms(HTMLParser):
    """Every form of a page: where it goes, how, and the names of its fields; and every address the page leads to."""

    def __init__(self, html: str, at: str) -> None:
        super().__init__()
        self.at = at
        self.forms: dict[str, tuple[str, str, set[str]]] = {}
        self.links: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = told.get("id") or f"form {len(self.forms)}"
            earlier = self.forms.get(self._inside, ("", "", set()))[2]  # of fields that stand before their form
            self.forms[self._inside] = (told.get("method", "get").upper(), told.get("action") or self.at, earlier)
        elif tag == "a":
            self.links.append(told.get("href", ""))
        elif tag in ("input", "select", "textarea", "button") and told.get("name") and (owner := told.get("form") or self._inside):
            self.forms.setdefault(owner, ("", "", set()))[2].add(told["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = ""


def strange(page: Forms) -> Iterator[str]:
    """The names that a page sends and that nobody is known to read."""
    for method, action, fields in page.forms.values():
        url = urlsplit(action)
        if url.scheme:
            continue
        route = route_of(method, url.path)
        assert route, f"{page.at}: a form that leads nowhere: {method} {action}"
        known = set(names(route).query if method == "GET" else names(route).body)
        sent = fields - known | {name for name, _value in parse_qsl(url.query)} - set(names(route).query)
        yield from (f"{route}: {name}" for name in sent - BEFORE if not name.startswith("extras."))
    for link in page.links:
        url = urlsplit(link)
        route = route_of("GET", url.path) if url.query and not url.scheme else None
        yield from (f"{route}: {name}" for name, _value in parse_qsl(url.query) if route and name not in names(route).query)


@pytest.fixture
async def pages(build: Build, team: Team, office: Callable[[Person], httpx.AsyncClient]) -> list[Forms]:
    """Every page of the product, about real things, as somebody whom every door lets in."""
    made, days = await build.paid(), days_ahead(40, 2)
    http = office(await team.member(StaffRole.OWNER))
    http.cookies.set(f"exodrive_b_{made.reference}", made.token)
    slug = await build.value("select slug from cars where id = $1", made.order.car_id)
    values = {
        "slug": slug,
        "reference": made.reference,
        "name": "terms",
        "version": Rules().terms_version,
        "token": await team.invitation(),
    }
    found = []
    for route in routes():
        for key in (made.reference, made.token) if "{key}" in route.path else ("",):
            for kind in RuleKind if route.path == "/admin/prices/new" else (RuleKind.FEE,):
                of_kind = f"&kind={kind}" if route.path.startswith("/admin/") else ""
                path = Route("GET", route.path, "", {}).filled(**values, key=key)
                answer = await http.get(f"{path}?start={days.start}&end={days.end}{of_kind}") if route.method == "GET" else None
                if answer is not None and answer.headers.get("content-type", "").startswith("text/html"):
                    found.append(Forms(answer.text, path))
    return found


async def test_whatever_a_page_sends_is_known_to_be_read(pages: list[Forms]) -> None:
    assert len(pages) > 40
    assert sum(len(page.forms) for page in pages) > 40
    assert {name for page in pages for name in strange(page)} == set()


def test_a_field_and_a_link_that_nobody_reads_are_seen() -> None:
    html = '<form method="post" action="/contact"><input name="text"><input name="odd"></form><a href="/cars?q=a&amp;queer=b">x</a>'
    assert list(strange(Forms(html, "/contact"))) == ["POST /contact: odd", "GET /cars: queer"]
