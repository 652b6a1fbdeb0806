"""Where a request comes from: our own pages or elsewhere, and whose network it is."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from redis.asyncio import Redis

from tests.builders import Build
from tests.product import Stack
from tests.team import Team
from tests.web.conftest import SECURE, Client, Secure

EVIL = "https://evil.example"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

# Sec-Fetch-Site, Origin → may a form of ours be sent so, may the API be called so (None: not sent). OWN stands for our own origin.
OWN = "own"
TABLE: list[tuple[str | None, str | None, bool, bool]] = [
    (None, None, False, True),  # no browser of today: only the API, which a form cannot speak to
    (None, OWN, True, True),
    (None, EVIL, False, False),
    (None, "null", False, False),
    (None, "https://cars.example.test.evil.example", False, False),
    (None, "http://cars.example.test", False, False),
    (None, "https://cars.example.test:8443", False, False),
    ("same-origin", None, True, True),
    ("same-origin", OWN, True, True),
    ("same-origin", EVIL, True, True),  # browsers forbid scripts to write Sec-Fetch-Site: it is the one to believe
    ("none", None, True, True),
    ("same-site", None, False, False),
    ("same-site", OWN, False, False),
    ("cross-site", None, False, False),
    ("cross-site", OWN, False, False),
    ("cross-site", EVIL, False, False),
    ("navigate", OWN, False, False),
    ("", OWN, True, True),
    ("SAME-ORIGIN", EVIL, False, False),
]


def headers(site: str | None, origin: str | None, kind: str) -> dict[str, str]:
    told = {"sec-fetch-site": site, "origin": SECURE if origin == OWN else origin, "content-type": kind}
    return {name: value for name, value in told.items() if value is not None}


@pytest.mark.parametrize(("site", "origin", "form", "api"), TABLE)
async def test_a_form_is_taken_from_our_own_pages_only(
    client: Client, secure: Secure, site: str | None, origin: str | None, form: bool, api: bool
) -> None:
    answer = await client(secure.url).post("/booking/open", content=b"token=x", headers=headers(site, origin, FORM))
    assert answer.status_code == (404 if form else 403)
    assert ("another site" in answer.text) is not form


@pytest.mark.parametrize(("site", "origin", "form", "api"), TABLE)
async def test_the_api_is_taken_from_programs_and_our_own_pages(
    client: Client, secure: Secure, site: str | None, origin: str | None, form: bool, api: bool
) -> None:
    answer = await client(secure.url).post("/api/bookings/ZZZZZZZZ/payment", headers=headers(site, origin, JSON))
    assert (answer.status_code, answer.json()["type"]) == ((404, "/problems/no-booking") if api else (403, "/problems/forbidden"))


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", FORM, "multipart/form-data; boundary=x", "text/plain; application/json", "application/jsonx"]
)
async def test_the_api_takes_json_only_so_that_no_form_can_speak_to_it(http: httpx.AsyncClient, kind: str | None) -> None:
    for path in ("/api/bookings", "/api/bookings/ZZZZZZZZ/payment"):
        sent = {} if kind is None else {"content-type": kind}
        answer = await http.post(path, content=b"{}", headers=sent)
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type"), kind


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
async def test_json_is_json_in_any_case_and_with_a_charset(http: httpx.AsyncClient, kind: str) -> None:
    answer = await http.post("/api/bookings/ZZZZZZZZ/payment", headers={"content-type": kind})
    assert answer.status_code == 404


async def test_on_plain_http_the_name_in_the_address_bar_counts_as_ours_too(client: Client) -> None:
    """A demo goes by 127.0.0.1 and by localhost; browsers send Sec-Fetch-Site to neither over every kind of line."""
    http = client()
    port = http.base_url.port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        answer = await http.post("/booking/open", data={"token": "x"}, headers={"host": host, "origin": f"http://{host}"})
        assert answer.status_code == 404
    answer = await http.post("/booking/open", data={"token": "x"}, headers={"origin": f"http://localhost:{port}"})
    assert answer.status_code == 403


async def test_behind_https_the_host_header_makes_nobody_ours(client: Client, secure: Secure) -> None:
    for origin in ("http://evil.example", EVIL):
        answer = await client(secure.url).post("/booking/open", data={"token": "x"}, headers={"host": "evil.example", "origin": origin})
        assert answer.status_code == 403


async def test_every_unsafe_route_refuses_another_site_before_it_looks_at_anything(client: Client, build: Build, team: Team) -> None:
    from tests.web.routes import routes

    made, person = await build.held(), await team.member()
    mine = client(cookies={f"exodrive_b_{made.reference}": made.token, "exodrive_staff": person.token})
    for route in routes():
        if route.method in ("GET", "HEAD") or route.opt.get("machine"):
            continue
        told = {"sec-fetch-site": "cross-site", "origin": EVIL, "content-type": JSON if route.opt.get("api") else FORM}
        answer = await mine.request(route.method, route.filled(reference=made.reference), headers=told)
        assert answer.status_code == 403, route
    assert await build.status(made) == "pending"
    assert await team.session(person.token)


# --- the network -------------------------------------------------------------------------------------------------------

# X-Forwarded-For from a proxy we trust (127.0.0.1) → whom we take it from.
FORWARDED = {
    "203.0.113.9": "203.0.113.9",
    "198.51.100.1, 203.0.113.9": "203.0.113.9",  # what stands before was written by the caller
    "203.0.113.9, 127.0.0.1": "203.0.113.9",  # two proxies of ours
    "198.51.100.1 ,\t203.0.113.9": "203.0.113.9",
    "203.0.113.9:51234": "203.0.113.9",
    "2001:db8::7": "2001:db8::7",
    "[2001:db8::7]:443": "2001:db8::7",
    "[2001:db8::7]": "2001:db8::7",
    "2001:DB8:0:0:0:0:0:7": "2001:db8::7",
    "::ffff:203.0.113.9": "203.0.113.9",
    "fe80::1%eth0": "fe80::1",
    "127.0.0.1": "127.0.0.1",
    "": "127.0.0.1",
    "unknown": "127.0.0.1",
    "203.0.113.9, garbage": "127.0.0.1",  # nobody is believed beyond what cannot be read
    "' or 1=1": "127.0.0.1",
    "10.0.0.256": "127.0.0.1",
}


async def seen_as(http: httpx.AsyncClient, team: Team, headers: Any) -> str | None:
    """The address in the book after a refused sign-in."""
    email = f"{uuid4().hex}@example.com"
    answer = await http.post("/admin/sign-in", data={"email": email, "password": "x", "code": "1"}, headers=headers)
    assert answer.status_code == 403, answer.text
    async with team.doors.service().scope() as db:
        ip: str | None = await db.fetchval("select ip from public.audit_log where action = 'sign_in_refused' order by id desc limit 1")
    return ip


@pytest.mark.parametrize(("sent", "taken"), FORWARDED.items())
async def test_a_proxy_of_ours_is_believed_about_its_caller_and_nobody_else(client: Client, team: Team, sent: str, taken: str) -> None:
    http = client(headers={"sec-fetch-site": "same-origin"})
    assert await seen_as(http, team, {"x-forwarded-for": sent}) == taken


async def test_the_header_in_several_lines_is_one_list(client: Client, team: Team) -> None:
    http = client(headers={"sec-fetch-site": "same-origin"})
    lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.77")]
    assert await seen_as(http, team, lines) == "203.0.113.77"


async def test_a_caller_who_is_no_proxy_of_ours_is_not_believed(client: Client, secure: Secure, team: Team, stack: Stack) -> None:
    async with Redis.from_url(stack.redis_url) as redis:
        await redis.flushdb()  # whoever came from this machine before has used up its tries
    http = secure.browser(client)
    for name in ("x-forwarded-for", "forwarded", "x-real-ip", "client-ip"):
        assert await seen_as(http, team, {name: "203.0.113.9"}) == "127.0.0.1"
