"""A corpus of attacks on every parameter of every page: an answer below 500, and nothing but text."""

from collections.abc import Callable

import httpx
import pytest

from exodrive.staff.model import StaffRole
from tests.builders import Build
from tests.team import Person, Team
from tests.web.conftest import Client
from tests.web.routes import Route, routes

CORPUS = [
    "'", "' or '1'='1", "1); drop table bookings; --", "$1", "%s", "{0}", "%", "_", "\\", "\0", "\x1f", "\r\nset-cookie: a=b",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "{%raw%}", "javascript:alert(1)",
    "//evil.example",
    "https://evil.example",
    "../../../../etc/passwd", "file:///etc/passwd", "\u202e", "\ufeff", "\uffff", "😀", "ﬀ", "İ", "９",
    "-1", "0", "1e309", "99999999999999999999", "NaN",
    "null",
    "true", "[]", "{}", "x" * 3000, "2026-12-24", "2026-12-24T00:00:00+99:99", "9999-12-31", "0000-00-00",
]  # fmt: skip
NAMES = [
    "start",
    "end",
    "month",
    "car_id",
    "q",
    "status",
    "before",
    "token",
    "told",
    "PayerID",
    "delivery",
    "pickup_location_id",
    "range",
    "page",
    "kind",
]
FIELDS = [
    "token", "email", "password", "code", "secret", "csrf", "reason", "everywhere", "first_name", "last_name", "phone", "notes", "key",
    "quote",
    "start", "end", "car_id", "birth_date", "pickup_time", "pickup_location_id", "dropoff_location_id", "pickup_address_line1",
    "terms", "range", "reprice", "locale",
    "name", "amount", "currency", "percent", "areas", "scope", "first", "since", "on", "try_car", "try_start", "title", "background_src",
]  # fmt: skip


@pytest.fixture
async def insider(build: Build, team: Team, office: Callable[[Person], httpx.AsyncClient]) -> tuple[httpx.AsyncClient, str, str]:
    """Somebody whom every door lets in: a holder who also works here. With the booking's reference and the form token."""
    made, person = await build.held(), await team.member(StaffRole.OWNER)
    session = await team.session(person.token)
    assert session
    http = office(person)
    http.cookies.set(f"exodrive_b_{made.reference}", made.token)
    http.headers["x-forwarded-for"] = "2001:db8:bad::1"
    return http, made.reference, session.csrf_token


def check(answer: httpx.Response, attack: str) -> None:
    told = f"{answer.request.method} {answer.request.url}: {answer.status_code}"
    assert answer.status_code < 500, told
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "<script>alert(1)" not in answer.text, told
        assert "<img src=x" not in answer.text, told
        assert "root:x:0" not in answer.text, told
    assert "a=b" not in answer.headers.get("set-cookie", ""), told
    location = answer.headers.get("location", "/")
    assert not location.startswith("//"), told
    assert location.startswith(("/", "http://127.0.0.1:")), told


@pytest.mark.parametrize("attack", CORPUS, ids=range(len(CORPUS)))
async def test_in_every_path_and_query_it_is_only_text(insider: tuple[httpx.AsyncClient, str, str], attack: str) -> None:
    http, reference, _csrf = insider
    encoded = str(httpx.QueryParams({"x": attack}))[2:]
    for route in routes():
        if route.method != "GET":
            continue
        if "{" in route.path:
            names = ("slug", "reference", "key", "name", "token", "version", "rule_id")
            hostile = Route("GET", route.path, "", {}).filled(**dict.fromkeys(names, encoded.replace("+", "%20")))
            check(await http.get(hostile), attack)
        query = "&".join(f"{name}={encoded}" for name in NAMES)
        check(await http.get(f"{route.filled(reference=reference, key=reference, name='terms')}?{query}"), attack)


@pytest.mark.parametrize("attack", CORPUS, ids=range(len(CORPUS)))
async def test_in_every_field_of_every_form_it_is_only_text(insider: tuple[httpx.AsyncClient, str, str], attack: str) -> None:
    http, reference, csrf = insider
    for route in routes():
        if (
            route.method != "POST"
            or route.opt.get("machine")
            or route.opt.get("api")
            or "cancellation" in route.path
            or "sign-out" in route.path
        ):
            continue
        for fields in ({"csrf": csrf, "reason": attack}, dict.fromkeys(FIELDS, attack), {attack: attack, "csrf": csrf}):
            check(await http.post(route.filled(reference=reference, slug="unknown") + "?kind=tax", data=fields), attack)


@pytest.mark.parametrize(
    "content", [b"%", b"a=%ff%fe", b"=", b"&&&", b"a[]=1&a[b]=2", b"token=" + b"%00" * 50, b"\x00\xff" * 100, b"token=\xed\xa0\x80"]
)
@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/msgpack"],
)
async def test_a_form_that_is_none_is_no_failure(client: Client, content: bytes, kind: str) -> None:
    http = client(headers={"sec-fetch-site": "same-origin", "content-type": kind})
    for path in ("/booking/open", "/admin/sign-in", "/admin/demo", "/cars/unknown/checkout"):
        answer = await http.post(path, content=content)
        assert 400 <= answer.status_code < 500 or answer.status_code == 303, (path, answer.status_code)


async def test_a_multipart_form_with_a_file_is_read_as_a_form_without_it(client: Client, build: Build) -> None:
    made = await build.held()
    http = client(headers={"sec-fetch-site": "same-origin"})
    answer = await http.post("/booking/open", data={"token": made.token}, files={"file": ("a.exe", b"MZ" * 1000)})
    assert answer.status_code == 303
    swapped = await http.post("/booking/open", files={"token": ("token", made.token.encode())})
    assert swapped.status_code in (303, 404)
