"""The security headers of every answer, whatever it is an answer to."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.builders import Build
from tests.product import Stack
from tests.team import Team
from tests.web.conftest import Client, Secure
from tests.web.routes import METHODS, Route, paths, routes

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NONE = {"default-src", "base-uri", "frame-ancestors"}
CHUNK = b"x" * 8192


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


def check(answer: httpx.Response, *, https: bool = False) -> None:
    """Every answer has the headers once each, a strict policy, and its type with its charset."""
    told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code}"
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], f"{told}: {name}"
    assert "camera" in answer.headers["permissions-policy"], told
    assert ("strict-transport-security" in answer.headers) is https, told
    if https:
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert len(answer.headers.get_list("content-security-policy")) == 1, told
    _check_policy(policy(answer), told)
    assert len(answer.headers.get_list("cache-control")) == 1, told
    assert not [name for name in answer.headers if name.startswith("access-control-")], told
    assert "server" not in answer.headers or "/" not in answer.headers["server"], told
    kind = answer.headers.get("content-type", "")
    if answer.content:
        assert kind, told
    if kind.startswith("text/"):
        assert kind.count("charset=utf-8") == 1, told


def _check_policy(found: dict[str, list[str]], told: str) -> None:
    assert all(found[name] == ["'none'"] for name in NONE), told
    assert found["require-trusted-types-for"] == ["'script'"], told
    assert found["form-action"][0] == "'self'", told
    assert len(found["form-action"]) == 2, told
    said = " ".join(source for sources in found.values() for source in sources)
    assert not re.search(r"unsafe|\*|https?://(?!127\.0\.0\.1)", said), f"{told}: {said}"
    assert all(source == "'self'" or source.startswith("'nonce-") for source in found["script-src"]), told


@pytest.fixture
async def everything(build: Build, team: Team) -> dict[str, str]:
    """Something real for every parameter, and the cookies that open it."""
    made, car, person = await build.paid(), await build.car(), await team.member()
    return {
        "slug": car.slug,
        "reference": made.reference,
        "key": made.token,
        "name": "terms",
        "token": uuid4().hex,
        "version": "x",
        f"exodrive_b_{made.reference}": made.token,
        "exodrive_staff": person.token,
    }


async def test_every_route_by_every_method_answers_with_the_headers(client: Client, everything: dict[str, str]) -> None:
    cookies = {name: value for name, value in everything.items() if name.startswith("exodrive")}
    strangers, insiders = client(), client(cookies=cookies, headers={"sec-fetch-site": "same-origin"})
    seen: set[int] = set()
    for path in paths():
        for method in METHODS:
            for http in (strangers, insiders):
                answer = await http.request(method, Route(method, path, "", {}).filled(**everything))
                check(answer)
                seen.add(answer.status_code)
    assert {200, 303, 403, 404, 405, 415, 422} <= seen
    assert not [status for status in seen if status >= 500]


async def test_the_headers_are_the_same_behind_https_and_ask_browsers_to_stay_there(
    client: Client, secure: Secure, everything: dict[str, str]
) -> None:
    http = client(secure.url)
    for path in [
        "/",
        "/cars",
        "/no-such-page",
        "/api/openapi.json",
        "/healthz",
        "/admin",
        f"/booking/{everything['key']}",
        "/availability",
    ]:
        check(await http.get(path), https=True)


async def test_the_files_of_a_page_have_the_headers_too(client: Client) -> None:
    http = client()
    page = await http.get("/")
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    assert len(files) >= 4
    for file in files:
        answer = await http.get(file)
        assert answer.status_code == 200
        check(answer)
    check(await http.get("/static/x/no-such-file.css"))


FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LARGE = {"/api/bookings": JSON, "/api/webhooks/paypal": JSON, "/booking/open": FORM, "/admin/sign-in": FORM}


@pytest.mark.parametrize("path", LARGE)
async def test_a_body_that_is_too_large_answers_413_by_its_length_and_by_its_chunks(stack: Stack, path: str) -> None:
    """By hand, because a client of ours would not send so much."""
    for measure, body in (("content-length: 262145", b""), ("transfer-encoding: chunked", (b"2000\r\n" + CHUNK + b"\r\n") * 33)):
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\ncontent-type: {LARGE[path]}\r\n"
        head += f"idempotency-key: {uuid4().hex}\r\n{measure}\r\n\r\n"
        answer = await _by_hand(stack.url, head.encode() + body)
        answer.request = httpx.Request("POST", stack.url + path)
        assert answer.status_code == 413
        check(answer)


async def _by_hand(url: str, sent: bytes) -> httpx.Response:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    writer.write(sent)
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in head[1:] if line]
    length = int(dict(headers)["content-length"])
    content = await reader.readexactly(length)
    writer.close()
    return httpx.Response(int(head[0].split()[1]), headers=headers, content=content)


async def test_what_goes_wrong_in_here_answers_500_with_a_number_and_nothing_more(client: Client, secure: Secure, stack: Stack) -> None:
    """The honest way to break: a column that queries read is gone for a moment."""
    import asyncpg

    db = await asyncpg.connect(stack.database.url("superuser"))
    http = client(secure.url)
    await db.execute("alter table public.locations rename column time_zone to gone")
    try:
        page = await http.get(f"/cars/{uuid4().hex}")
        data = await http.get(f"/availability?car_id={uuid4()}&start=2026-12-24&end=2026-12-24")
    finally:
        await db.execute("alter table public.locations rename column gone to time_zone")
        await db.close()
    for answer in (page, data):
        assert answer.status_code == 500
        check(answer, https=True)
        for secret in ("time_zone", "gone", "asyncpg", "Traceback", "select", "column"):
            assert secret not in re.sub(r"</?select\b", "", answer.text)
    told = data.json()
    assert set(told) == {"type", "title", "status", "detail", "incident"}
    assert (told["type"], told["status"], data.headers["content-type"]) == ("/problems/internal", 500, "application/problem+json")
    numbers = [told["incident"], *re.findall(r'<b class="num">(\w{8})</b>', page.text)]
    log = secure.log.read_text()
    assert len(numbers) == 2
    assert all(f'"incident":"{number}"' in log for number in numbers)
    assert (await http.get(f"/cars/{uuid4().hex}")).status_code == 404, "and it is over"


@pytest.mark.parametrize("path", ["/cars", "/policies"])
async def test_each_part_that_htmx_asks_for_has_a_nonce_of_its_own_also_when_the_page_was_kept(client: Client, path: str) -> None:
    http = client(headers={"hx-request": "true"})
    answers = [await http.get(path) for _ in range(5)]
    nonces = []
    for answer in answers:
        (nonce,) = [source[7:-1] for source in policy(answer)["script-src"] if source.startswith("'nonce-")]
        assert set(re.findall(r'nonce="([^"]*)"', answer.text)) <= {nonce}
        assert "@@nonce@@" not in answer.text
        nonces.append(nonce)
    assert len(set(nonces)) == 5
    assert all(len(nonce) >= 22 for nonce in nonces)
    assert len({answer.text.replace(nonce, "") for answer, nonce in zip(answers, nonces, strict=True)}) == 1


@pytest.mark.parametrize("path", ["/", "/cars", "/policies"])
async def test_a_public_pages_policy_lets_files_of_ours_run_and_no_word_of_the_page_itself(client: Client, path: str) -> None:
    answer = await client().get(path)
    assert policy(answer)["script-src"] == ["'self'"]
    assert "@@nonce@@" not in answer.text


async def test_a_page_that_is_no_page_has_no_nonce(client: Client) -> None:
    for path in ("/healthz", "/availability", "/api/openapi.json"):
        assert policy(await client().get(path))["script-src"] == ["'self'"]


async def test_every_path_tells_which_methods_it_takes(client: Client) -> None:
    http = client()
    for path, methods in paths().items():
        allowed = {*methods, "OPTIONS"}
        for method in set(METHODS) - methods:
            answer = await http.request(method, Route(method, path, "", {}).filled(version="x", name="terms"))
            assert answer.status_code == 405, f"{method} {path}"
            assert set(answer.headers["allow"].split(", ")) == allowed, f"{method} {path}"


async def test_every_page_answers_head_as_it_answers_get_without_the_body(client: Client, everything: dict[str, str]) -> None:
    gets = [route for route in routes() if route.method == "GET" and not route.path.startswith("/api/admin/")]  # those are no pages
    heads = {route.path for route in routes() if route.method == "HEAD"}
    assert {route.path for route in gets} - heads <= {"/booking/{reference}/calendar.ics"}
    http = client(cookies={name: value for name, value in everything.items() if name.startswith("exodrive")})
    for route in gets:
        if route.path in heads:
            path = route.filled(**everything)
            get, head = await http.get(path), await http.head(path)
            assert (head.status_code, head.content) == (get.status_code, b""), path
            for name in ("content-type", "cache-control", "location"):
                assert head.headers.get(name) == get.headers.get(name), f"{path}: {name}"


async def test_personal_pages_are_kept_by_nobody_and_public_ones_set_no_cookie(
    client: Client, everything: dict[str, str], build: Build
) -> None:
    own = {name: value for name, value in everything.items() if name.startswith("exodrive")}
    mine, anybody = client(cookies=own), client()
    reference = everything["reference"]
    for path in (
        f"/booking/{reference}",
        f"/booking/{reference}/receipt",
        f"/booking/{reference}/calendar.ics",
        "/admin/bookings",
        f"/admin/bookings/{reference}",
    ):
        answer = await mine.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-store", path
    for path in (f"/booking/{everything['key']}", "/admin/sign-in", "/paypal/return", "/no-such-page"):
        assert (await anybody.get(path)).headers["cache-control"] == "no-store", path
    for route in routes():
        if route.method == "GET":
            answer = await anybody.get(route.filled(**everything))
            assert "set-cookie" not in answer.headers, route


def test_there_is_no_page_of_the_frameworks_own() -> None:
    known: Any = {route.path for route in routes("production")}
    assert not [path for path in known if "schema" in path or "docs" in path or "metrics" in path]
