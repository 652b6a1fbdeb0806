"""Set-Cookie, word by word: host-bound, out of reach of scripts, and only where something begins."""

import json
from http.cookies import SimpleCookie
from uuid import uuid4

import httpx
import msgspec
import pytest
import redis.asyncio

from exodrive.staff import service
from exodrive.staff.model import LinkPurpose, StaffRole
from tests.builders import Build, new_key
from tests.product import Stack
from tests.team import PASSWORD, Team
from tests.web.conftest import Client, Secure


def cookies(answer: httpx.Response) -> dict[str, dict[str, str]]:
    """What an answer sets: name → attributes in lower case, with the value."""
    found = {}
    for line in answer.headers.get_list("set-cookie"):
        ((name, morsel),) = SimpleCookie(line).items()
        found[name] = {"value": morsel.value, **{key: str(value).lower() for key, value in morsel.items() if value}}
    return found


def check(cookie: dict[str, str], *, https: bool) -> None:
    assert cookie["path"] == "/"
    assert cookie["samesite"] == "lax"
    assert cookie["httponly"] == "true"
    assert cookie.get("secure") == ("true" if https else None)
    assert "domain" not in cookie
    assert len(cookie["value"]) == 43


@pytest.fixture(params=[True, False], ids=["https", "http"])
def https(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
async def browser(https: bool, client: Client, secure: Secure, stack: Stack) -> httpx.AsyncClient:
    """A browser at our own loopback address, where other tests have tried to sign in too: their tries are forgotten."""
    async with redis.asyncio.from_url(stack.redis_url) as shared:
        for key in [key async for key in shared.scan_iter("limit*", count=1000)]:
            await shared.delete(key)
    return secure.browser(client) if https else client(headers={"sec-fetch-site": "same-origin"})


async def test_a_hold_sets_the_bookings_cookie_and_the_browsers_and_no_other(browser: httpx.AsyncClient, https: bool, build: Build) -> None:
    prefix = "__Host-" if https else ""
    order = msgspec.to_builtins(await build.order(await build.car()))
    for place in ("pickup", "dropoff"):
        del order[place]["address"]
    headers = {"idempotency-key": new_key(), "content-type": "application/json"}
    answer = await browser.post("/api/bookings", content=json.dumps(order), headers=headers)
    assert answer.status_code == 201, answer.text
    found = cookies(answer)
    assert set(found) == {f"{prefix}exodrive_b_{answer.json()['reference']}", f"{prefix}exodrive_browser"}
    for cookie in found.values():
        check(cookie, https=https)
        assert int(cookie["max-age"]) > 300 * 24 * 3600


async def test_opening_a_link_sets_the_bookings_cookie_alone(browser: httpx.AsyncClient, https: bool, build: Build) -> None:
    made = await build.held()
    answer = await browser.post("/booking/open", data={"token": made.token})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}")
    ((name, cookie),) = cookies(answer).items()
    assert name == ("__Host-" if https else "") + f"exodrive_b_{made.reference}"
    assert cookie["value"] == made.token
    check(cookie, https=https)


async def test_signing_in_sets_a_session_cookie_that_goes_with_the_browser_and_signing_out_takes_it_away(
    browser: httpx.AsyncClient, https: bool, team: Team
) -> None:
    person = await team.member()
    answer = await browser.post("/admin/sign-in", data={"email": person.email, "password": PASSWORD, "code": person.code()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/bookings"), answer.text
    ((name, cookie),) = cookies(answer).items()
    assert name == ("__Host-exodrive_staff" if https else "exodrive_staff")
    check(cookie, https=https)
    assert "max-age" not in cookie
    assert "expires" not in cookie
    session = await team.session(cookie["value"])
    assert session is not None
    left = await browser.post("/admin/sign-out", data={"csrf": session.csrf_token}, headers={"cookie": f"{name}={cookie['value']}"})
    ((name_again, gone),) = cookies(left).items()
    assert (left.status_code, left.headers["location"], name_again) == (303, "/admin/sign-in", name)
    assert (gone["value"], gone["max-age"]) == ("", "0")


async def test_behind_https_a_cookie_without_the_prefix_opens_nothing(client: Client, secure: Secure, build: Build, team: Team) -> None:
    """Another host of the same site could set such a cookie; it cannot set one with the prefix."""
    made, person = await build.held(), await team.member()
    plain = secure.browser(client, cookies={f"exodrive_b_{made.reference}": made.token, "exodrive_staff": person.token})
    prefixed = secure.browser(client, cookies={f"__Host-exodrive_b_{made.reference}": made.token, "__Host-exodrive_staff": person.token})
    assert [(await plain.get(path)).status_code for path in (f"/booking/{made.reference}", "/admin")] == [404, 303]
    assert [(await prefixed.get(path)).status_code for path in (f"/booking/{made.reference}", "/admin")] == [200, 200]


async def test_the_demos_sign_in_sets_the_same_cookie(browser: httpx.AsyncClient, https: bool, team: Team) -> None:
    token = await service.invite(team.doors.service(), f"{uuid4().hex}@example.com", "Demo", StaffRole.OWNER, LinkPurpose.DEMO)
    answer = await browser.post("/admin/demo", data={"token": token})
    ((_name, cookie),) = cookies(answer).items()
    check(cookie, https=https)


async def test_a_cookie_that_is_not_ours_is_no_failure(client: Client, build: Build) -> None:
    made = await build.held()
    for value in ("", "x", "x" * 43, "x" * 4000, "é" * 43, "%00", '"quoted"', "a=b; c"):
        header = f"exodrive_b_{made.reference}={value}; exodrive_staff={value}; exodrive_browser={value}".encode()
        http = client(headers={"cookie": header})
        assert [(await http.get(path)).status_code for path in (f"/booking/{made.reference}", "/admin", "/")] == [404, 303, 200]
