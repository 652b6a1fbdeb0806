"""How search engines and shared links see the shop, over HTTP."""

import asyncio
import re
from datetime import datetime
from html.parser import HTMLParser
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import httpx
import pytest

from exodrive.kit.ids import new_id
from tests import garage
from tests.builders import Build, days_ahead
from tests.product import Stack
from tests.web.storefront.conftest import as_holder

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


class Head(HTMLParser):
    """What a page's head says: title, descriptions, links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.title = re.search(r"<title>(.*?)</title>", page)[1]  # type: ignore[index]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self.meta[about.get("name") or about.get("property") or ""] = about.get("content", "")
        elif tag == "link":
            self.links[about["rel"]] = about["href"]


async def listed(http: httpx.AsyncClient) -> dict[str, str | None]:
    """The addresses of the sitemap with their last change."""
    tree = ElementTree.fromstring((await http.get("/sitemap.xml")).content)
    return {url.findtext("s:loc", "", NAMES): url.findtext("s:lastmod", None, NAMES) for url in tree.findall("s:url", NAMES)}


async def test_the_sitemap_lists_what_is_shown_with_the_moment_it_changed(stack: Stack, http: httpx.AsyncClient, build: Build) -> None:
    shown, hidden = await build.car(), await build.car(hidden=True)
    priced = await build.value("select updated_at from car_pricing where car_id = $1", shown.id)
    pages = await listed(http)
    changed = pages[f"{stack.url}/cars/{shown.slug}"]
    assert changed is not None
    assert abs((datetime.fromisoformat(changed) - priced).total_seconds()) < 2
    assert f"{stack.url}/cars/{hidden.slug}" not in pages
    assert {f"{stack.url}{path}" for path in ("/", "/cars", "/policies", "/policies/terms", "/policies/privacy")} <= set(pages)


async def test_every_address_of_the_sitemap_answers_and_is_its_own_canonical_one(http: httpx.AsyncClient, build: Build) -> None:
    await build.car()
    for address in list(await listed(http))[:20]:
        page = await http.get(address)
        assert page.status_code == 200, address
        assert Head(page.text).links["canonical"] == address


async def test_robots_keeps_crawlers_out_of_what_is_not_for_them(stack: Stack, http: httpx.AsyncClient, build: Build) -> None:
    answer = await http.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert rules.site_maps() == [f"{stack.url}/sitemap.xml"]
    for path in ("/admin", "/admin/bookings", "/api/bookings", "/booking/ABCD2345", "/paypal/return", "/availability"):
        assert not rules.can_fetch("*", path), path
    for address in await listed(http):
        assert rules.can_fetch("*", address), address
    assert {f"Disallow: /cars/*/{part}" for part in ("checkout", "quote", "calendar")} <= set(answer.text.splitlines())


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml"])
async def test_crawlers_files_may_be_kept_for_an_hour_by_anybody_and_carry_no_cookie(http: httpx.AsyncClient, path: str) -> None:
    answer, head = await http.get(path), await http.head(path)
    assert (answer.headers["cache-control"], "set-cookie" in answer.headers) == ("public, max-age=3600", False)
    assert (head.status_code, head.content) == (200, b"")


async def test_a_page_with_days_in_its_address_names_the_one_without(stack: Stack, http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(10, 2)
    for path in (f"/cars/{car.slug}", f"/cars/{car.slug}/"):
        page = await http.get(path, params={"start": days.start.isoformat(), "end": days.end.isoformat(), "utm_source": "x"})
        assert Head(page.text).links["canonical"] == f"{stack.url}/cars/{car.slug}"


async def test_a_shared_car_shows_its_name_and_picture(stack: Stack, http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(name='Averno "X" & Co', short_description="Quiet <power>")
    about = {"path": "fleet/averno-v10-front34", "alt": "Seen from the front", "width": 1280, "height": 720}
    async with build.doors.service().scope() as db:
        await garage.insert(db, "car_images", id=new_id(), car_id=car.id, view="front", **about)
    head = Head((await http.get(f"/cars/{car.slug}")).text)
    assert 'Averno "X" & Co' in head.meta["og:title"]
    assert head.meta["og:description"] == head.meta["description"] == "Quiet <power>"
    assert head.meta["og:url"] == f"{stack.url}/cars/{car.slug}"
    assert (head.meta["twitter:card"], head.meta["og:image:alt"]) == ("summary_large_image", "Seen from the front")
    picture = await http.get(head.meta["og:image"])
    assert head.meta["og:image"].startswith(stack.url)
    assert (picture.status_code, picture.headers["content-type"]) == (200, head.meta["og:image:type"])


async def test_public_pages_differ_in_title_and_may_be_indexed(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(name="Solitaire Nine")
    paths = ("/", "/cars", f"/cars/{car.slug}", "/policies", "/policies/terms", "/policies/privacy")
    heads = [Head((await http.get(path)).text) for path in paths]
    assert len({head.title for head in heads}) == len(paths)
    assert not [head for head in heads if "robots" in head.meta]
    assert all(30 <= len(head.meta["description"]) <= 200 for head in heads)


async def test_private_and_passing_pages_ask_not_to_be_indexed_and_are_not_for_sharing(http: httpx.AsyncClient, build: Build) -> None:
    car, days, made = await build.car(), days_ahead(12, 2), await build.paid()
    as_holder(http, made)
    checkout = f"/cars/{car.slug}/checkout?start={days.start}&end={days.end}"
    for path in (checkout, f"/booking/{made.reference}", f"/booking/{made.reference}/receipt", "/no-such-page", "/cars/no-such-car"):
        head = Head((await http.get(path)).text)
        assert head.meta["robots"] == "noindex", path
        assert "canonical" not in head.links, path
        assert not [name for name in head.meta if name.startswith(("og:", "twitter:"))], path


async def test_only_a_cars_own_page_may_be_opened_ahead_of_the_click(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    page = await http.get("/cars")
    rules = await http.get(page.headers["speculation-rules"].strip('"'))
    assert rules.headers["content-type"].partition(";")[0] == "application/speculationrules+json"
    (ahead,) = rules.json()["prerender"]
    assert ahead["eagerness"] == "moderate"
    assert ahead["where"] == {"and": [{"href_matches": "/cars/*"}, {"not": {"href_matches": "/cars/*/*"}}]}
    as_holder(http, made)
    for path in (f"/booking/{made.reference}", "/admin/sign-in", "/no-such-page"):
        assert "speculation-rules" not in (await http.get(path)).headers


async def test_public_pages_travel_compressed_and_personal_ones_never(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    as_holder(http, made)
    mine = f"/booking/{made.reference}"
    asked = [("/", "gzip, br", "gzip"), ("/cars", "br;q=1, gzip;q=0.5", "gzip"), ("/", "gzip;q=0, br", None), ("/", "identity", None)]
    for path, takes, sent in [*asked, (mine, "gzip, br", None)]:
        answer = await http.get(path, headers={"accept-encoding": takes})
        assert answer.headers.get("content-encoding") == sent, (path, takes)
        assert "</html>" in answer.text


SHARED = "public, max-age=0, must-revalidate, s-maxage=5", "accept-encoding, hx-request, hx-history-restore-request"
ASKING = {
    "cookie": "exodrive_staff=somebody; exodrive_b_ABCD2345=a-token; exodrive_v=1; currency=EUR",
    "accept-language": "de-DE",
    "user-agent": "Other/1",
    "accept": "text/html;q=0.1",
    "referer": "https://elsewhere.example/",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "elsewhere.example",
    "authorization": "Bearer something",
}


@pytest.mark.parametrize(
    "path", ["/", "/cars?seats=2", "/cars/{slug}?start={start}&end={end}", "/compare?cars={slug}", "/policies/terms", "/contact"]
)
async def test_a_page_that_may_be_shared_is_the_same_whoever_asks(http: httpx.AsyncClient, build: Build, path: str) -> None:
    car, days = await build.car(), days_ahead(10, 2)
    address = path.format(slug=car.slug, start=days.start, end=days.end)
    plain, asked = await http.get(address), await http.get(address, headers=ASKING)
    for answer in (plain, asked):
        assert (answer.headers["cache-control"], answer.headers["vary"]) == SHARED
        assert "set-cookie" not in answer.headers
    assert re.sub('nonce="[^"]+"', "", plain.text) == re.sub('nonce="[^"]+"', "", asked.text)
    assert (plain.headers["etag"], plain.headers["content-security-policy"]) == (
        asked.headers["etag"],
        asked.headers["content-security-policy"],
    )


async def test_what_is_one_persons_is_never_shared(http: httpx.AsyncClient, build: Build) -> None:
    car, days, made = await build.car(), days_ahead(12, 2), await build.paid()
    as_holder(http, made)
    checkout = f"/cars/{car.slug}/checkout?start={days.start}&end={days.end}"
    own = (
        checkout,
        f"/booking/{made.reference}",
        f"/booking/{made.reference}/receipt",
        "/admin/sign-in",
        "/no-such-page",
        "/cars/no-such-car",
    )
    assert {(await http.get(path)).headers["cache-control"] for path in own} == {"no-store"}
    parts = ("/cars", f"/cars/{car.slug}/quote?start={days.start}&end={days.end}", f"/cars/{car.slug}/calendar?month={days.start}")
    asked = [await http.get(path, headers={mark: "true"}) for path in parts for mark in ("hx-request", "hx-history-restore-request")]
    assert {answer.headers["cache-control"] for answer in asked} == {"private, no-cache"}
    assert all("hx-request" in answer.headers["vary"] for answer in asked)


async def test_who_has_a_page_is_told_so_until_it_changes(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    path = f"/cars/{car.slug}"
    page = await http.get(path)
    known = {"if-none-match": page.headers["etag"]}
    again = await http.get(path, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])
    for name in ("content-security-policy", "cache-control", "vary", "x-content-type-options"):
        assert again.headers[name] == page.headers[name], "the page goes on with what it came with"
    assert (await http.get("/cars", headers=known)).status_code == 200
    part = await http.get(path, headers=known | {"hx-request": "true"})
    assert part.status_code == 200, "a part comes with a nonce that is not its page's"
    async with build.world.doors.service().scope() as db:
        await db.execute("insert into car_availability (car_id, date, status) values ($1, $2, 'maintenance')", car.id, days_ahead(9).start)
    for _look in range(40):  # a page is kept for two seconds
        changed = await http.get(path, headers=known)
        if changed.status_code == 200:
            break
        await asyncio.sleep(0.1)
    assert changed.headers["etag"] != page.headers["etag"]
    assert "content-security-policy" in changed.headers
