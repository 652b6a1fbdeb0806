"""A corpus of attacks on every parameter of every route: an answer below 500, and nothing but text.

Which parameters there are is read from the source (parameters.py). Where nothing is read, one request brings the whole corpus; where
something is, each attack comes in every parameter at once, so that each is judged, and then in texts alone among values that make sense, so
that it comes as far as the database.

Every attack comes to a share of the routes, and every route gets a share of the attacks (share.py).
"""

import itertools
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import msgspec
import pytest

from exodrive.pricing.kinds import RuleKind
from exodrive.staff.model import StaffRole
from exodrive.web.admin.prices.texts import _TYPES
from exodrive.web.shell.forms import _fields
from tests.builders import Build, Made, days_ahead, new_key
from tests.product import Stack
from tests.share import SHARE
from tests.team import Person, Team
from tests.web.conftest import Client
from tests.web.endpoints import JSON, Caller, Endpoints
from tests.web.parameters import Struct, names, path_names, texts_of
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
EACH = pytest.mark.parametrize("number", range(len(CORPUS)))
# Without these being right nothing else of a request is looked at.
KEYS = {"csrf", "quote", "terms", "key", "token", "kind", "car_id", "start", "end", "month", "range", "reprice"}
# Whoever did this is no longer let in: asked last.
LAST = ("cancellation", "revocation", "sign-out")
KINDS = list(RuleKind)
_networks = itertools.count(1)


@dataclass
class Insider:
    """Somebody whom every door lets in: a holder of a booking who also owns the place. Each request comes from another network."""

    http: httpx.AsyncClient
    made: Made
    slug: str
    caller: Caller
    endpoints: Endpoints

    def path(self, route: Route, **values: str) -> str:
        known = {"slug": self.slug, "reference": self.made.reference, "key": self.made.reference, "name": "terms"}
        return route.filled(**(known | values))

    async def fitting(self, route: Route) -> tuple[str, bytes]:
        """The path and content of a request that makes sense; what staff do to a booking is done to one of its own."""
        made = await self.endpoints.build.held() if "/admin/bookings/{" in route.path else self.made
        path, content, _kind = await self.endpoints.request(route, made, self.caller)
        return path, content

    async def send(self, attack: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request and look at its answer."""
        number = next(_networks)
        headers = {"x-forwarded-for": f"2001:db8:bad:{number:x}::1", "idempotency-key": new_key(), "x-csrf-token": self.caller.csrf}
        answer = await self.http.request(method, path, headers=headers | more.pop("headers", {}), **more)
        check(answer, attack)
        return answer


@pytest.fixture
async def insider(stack: Stack, build: Build, team: Team, office: Callable[[Person], httpx.AsyncClient]) -> AsyncIterator[Insider]:
    made, person = await build.held(), await team.member(StaffRole.OWNER)
    session = await team.session(person.token)
    assert session
    http = office(person)
    http.cookies.set(f"exodrive_b_{made.reference}", made.token)
    slug = await build.value("select slug from cars where id = $1", made.order.car_id)
    caller = Caller("insider", {}, link=made.token, csrf=session.csrf_token)
    yield Insider(http, made, slug, caller, Endpoints(stack, build, team))
    async with build.doors.service().scope() as db:  # whatever the home page says now
        await db.execute("delete from hero_content")
        await db.execute("delete from homepage_settings")


def check(answer: httpx.Response, attack: str) -> None:
    told = f"{answer.request.method} {answer.request.url}: {answer.status_code} for {attack!r}"
    assert answer.status_code < 500, told
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "<script>alert(1)" not in answer.text, told
        assert "<img src=x" not in answer.text, told
        assert "root:x:0" not in answer.text, told
    assert "a=b" not in answer.headers.get("set-cookie", ""), told
    location = answer.headers.get("location", "/")
    assert not location.startswith("//"), told
    assert location.startswith(("/", "http://127.0.0.1:")), told


def those(*methods: str, api: bool | None = None, number: int | None = None) -> list[Route]:
    """The routes of people and programs we do not know, those that end a visit last; machines sign what they send.

    With the number of an attack, those that it comes to.
    """
    found = [route for route in routes() if route.method in methods and not route.opt.get("machine")]
    found = [route for route in found if api is None or bool(route.opt.get("api")) is api]
    found = [route for route in found if number is None or _comes_to(number, route)]
    return sorted(found, key=lambda route: any(word in route.path for word in LAST))


def _comes_to(number: int, route: Route) -> bool:
    """One of each few attacks in a row, another one for the next few, so that every field of a route meets some."""
    return (zlib.crc32(str(route).encode()) + number + number // SHARE) % SHARE == 0


def test_every_route_gets_its_share_of_the_attacks() -> None:
    for route in those("GET", "POST", "PUT"):
        shared = sum(route in those(route.method, number=number) for number in range(len(CORPUS)))
        assert shared >= len(CORPUS) // SHARE, route


@EACH
async def test_in_every_part_of_a_path_it_is_only_text(insider: Insider, number: int) -> None:
    attack = CORPUS[number]
    for route in those("GET", "POST", "PUT", number=number):
        parts = path_names(route)
        # All parts at once, and the last one alone where the others lead somewhere.
        for hostile in [parts, parts[-1:]] if len(parts) > 1 else [parts] * len(parts):
            await insider.send(attack, route.method, insider.path(route, **dict.fromkeys(hostile, quote(attack, safe=""))))


async def test_where_nothing_is_read_the_whole_corpus_in_an_address_is_nothing(insider: Insider) -> None:
    everything = urlencode([pair for attack in CORPUS for pair in (("q", attack), (attack, attack)) if len(attack) < 100])
    for route in those("GET"):
        if not names(route).query:
            await insider.send("all", "GET", f"{insider.path(route)}?{everything}")


@EACH
async def test_in_every_name_of_a_query_it_is_only_text(insider: Insider, number: int) -> None:
    attack, days = CORPUS[number], days_ahead(40, 2)
    fitting = {"car_id": str(insider.made.order.car_id), "start": str(days.start), "end": str(days.end), "kind": KINDS[number % len(KINDS)]}
    for route in those("GET", number=number):
        if known := names(route).query:
            texts = {name for kind in names(route).query_structs for name in texts_of(kind)} | names(route).query_words
            for some in _some_at_a_time(known, attack):
                await insider.send(attack, "GET", f"{insider.path(route)}?{urlencode(dict.fromkeys(some, attack))}")
            sent = {name: fitting[name] for name in known if name in fitting}
            sent |= dict.fromkeys(sorted(texts - KEYS)[: 30_000 // len(quote(attack))], attack)
            await insider.send(attack, "GET", f"{insider.path(route)}?{urlencode(sent)}")


def _some_at_a_time(known: list[str], attack: str) -> Iterator[list[str]]:
    """All names at once, unless the address would become too long for any server."""
    most = max(1, 30_000 // len(quote(attack)))
    return (known[first : first + most] for first in range(0, len(known), most))


@EACH
async def test_in_every_field_of_every_form_it_is_only_text(insider: Insider, number: int) -> None:
    attack, kind = CORPUS[number], KINDS[number % len(KINDS)]
    for route in those("POST", api=False, number=number):
        everything = {attack: attack} | dict.fromkeys([*names(route).body, "reason"], attack) | {"csrf": insider.caller.csrf}
        await insider.send(attack, "POST", f"{insider.path(route)}?kind={kind}", data=everything)
    for route in those("POST", api=False, number=number):
        path, content = await insider.fitting(route)
        sent, texts = dict(parse_qsl(content.decode())), texts_in_form(route)
        if texts:
            sent[texts[number % len(texts)]] = attack
            await insider.send(attack, "POST", path, data=sent)


def texts_in_form(route: Route) -> list[str]:
    """The fields of a form that take a text; of a price rule those of a fee, which the rest of the request is about."""
    is_rule = bool(names(route).query_structs)
    kinds = {_TYPES[RuleKind.FEE]} if is_rule else names(route).body_structs
    return sorted(({name for kind in kinds for name in texts_of(kind)} | (set() if is_rule else names(route).body_words)) - KEYS)


@EACH
async def test_in_every_field_of_every_json_body_it_is_only_text(insider: Insider, number: int) -> None:
    attack, kind = CORPUS[number], _TYPES[KINDS[number % len(KINDS)]]
    for route in those("POST", "PUT", api=True, number=number):
        body = {attack: attack} | everywhere(route, kind, attack)
        await insider.send(attack, route.method, insider.path(route), content=msgspec.json.encode(body), headers={"content-type": JSON})
        await _texts_alone(insider, route, attack)


def everywhere(route: Route, rule: Struct, attack: str) -> dict[str, Any]:
    """A body with the attack in every field that the route knows; a route that takes price rules takes one of this kind."""
    known = names(route)
    takes_rules = rule in known.body_structs
    bodies = [with_attack(kind, attack) for kind in ([rule] if takes_rules else known.body_structs)]
    whole = {name: value for body in bodies for name, value in body.items()}
    if takes_rules:
        whole["kind"] = rule.__struct_config__.tag
    words = dict.fromkeys(known.body_words - {"kind", "rule"}, attack)
    return words | ({"rule": whole} if "rule" in known.body_words else whole)


def with_attack(kind: Struct, attack: str) -> dict[str, Any]:
    """A struct's fields, each with the attack: as a text, in a list, or as a name and a value."""
    found: dict[str, Any] = {}
    for name, field in _fields(kind).items():
        plain = str(field.kind)
        found[name] = with_attack(field.inner, attack) if field.inner else [attack] if "tuple" in plain or "list" in plain else attack
        if "dict" in plain or "Mapping" in plain:
            found[name] = {attack: attack}
    return found


async def _texts_alone(insider: Insider, route: Route, attack: str) -> None:
    """Send a body that makes sense but for its texts; what is refused is sent as it was, so that the rest goes on to the database."""
    path, content = await insider.fitting(route)
    fitting = msgspec.json.decode(content) if content.startswith(b"{") else {}
    refused: set[str] = set()
    for _attempt in range(2):
        body = replaced(fitting, attack, refused) | dict.fromkeys(optional_texts(route) - refused - set(fitting), attack)
        headers = {"content-type": JSON}
        answer = await insider.send(attack, route.method, path, content=msgspec.json.encode(body), headers=headers)
        if answer.status_code != 422:
            return
        refused |= {wrong["field"] for wrong in answer.json().get("errors", [])}


def optional_texts(route: Route) -> set[str]:
    known = names(route)
    return {name for kind in known.body_structs for name in texts_of(kind)} - KEYS if len(known.body_structs) == 1 else set()


def replaced(body: dict[str, Any], attack: str, but: set[str], above: str = "") -> dict[str, Any]:
    """A body with the attack in place of every text, but for the keys and those that were refused."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, dict):
            found[name] = replaced(value, attack, but, f"{above}{name}.")
        else:
            found[name] = attack if isinstance(value, str) and name not in KEYS and f"{above}{name}" not in but else value
    return found


@EACH
async def test_in_cookies_and_headers_it_is_only_text(insider: Insider, number: int) -> None:
    attack = CORPUS[number]
    plain = attack.encode("ascii", "replace").translate(None, b"\0\r\n\x1f").decode().strip() or "x"
    own = f"exodrive_staff={plain}; exodrive_b_{insider.made.reference}={plain}; exodrive_browser={plain}"
    names = ("idempotency-key", "accept-language", "user-agent", "referer", "if-none-match", "x-forwarded-for", "x-csrf-token", "origin")
    insider.http.cookies.clear()
    for path in ("/", "/admin", f"/booking/{insider.made.reference}", f"/cars/{insider.slug}/checkout"):
        await insider.send(
            attack, "GET", path, headers={"cookie": own, "authorization": f"Bearer {plain}"} | dict.fromkeys(names[1:6], plain)
        )
    for path in ("/api/bookings", f"/api/bookings/{insider.made.reference}/payment"):
        headers = {"cookie": own, "authorization": f"Bearer {plain}", "content-type": JSON} | dict.fromkeys(names[:-1], plain)
        await insider.send(attack, "POST", path, content=b"{}", headers=headers)


async def test_what_looks_like_an_attack_and_is_a_name_is_kept_as_it_was_typed(insider: Insider, build: Build) -> None:
    """The bodies above do come as far as the database."""
    name = "Robert'); drop table bookings; -- $1 %s {{7*7}}"
    order = msgspec.to_builtins(await build.order(await build.car(), first_name=name))
    answer = await insider.send(name, "POST", "/api/bookings", content=msgspec.json.encode(order), headers={"content-type": JSON})
    assert answer.status_code == 201, answer.text
    reference = answer.json()["reference"]
    assert await build.value("select contact_first_name from bookings where reference = $1", reference) == name


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
