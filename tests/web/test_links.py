"""Guessing private links: limited, without a difference in words or in time."""

import statistics
import time
from datetime import timedelta
from uuid import uuid4

import httpx

from exodrive.kit import links
from tests.builders import Build
from tests.web.conftest import Client


def browser(client: Client, network: str = "") -> httpx.AsyncClient:
    network = network or f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    return client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": network})


async def test_guesses_from_one_network_end_soon_and_others_go_on(client: Client, build: Build) -> None:
    made, guesser = await build.held(), browser(client)
    answers = [await guesser.post("/booking/open", data={"token": links.new_token()}) for _ in range(121)]
    assert [answer.status_code for answer in answers] == [404] * 120 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert (await guesser.post("/booking/open", data={"token": made.token})).status_code == 429
    assert (await browser(client).post("/booking/open", data={"token": made.token})).status_code == 303


async def test_wrong_expired_and_revoked_links_are_refused_in_the_same_words(client: Client, build: Build) -> None:
    expired, revoked, http = await build.held(), await build.held(), browser(client)
    async with build.doors.service().scope() as db:
        await db.execute("update booking_secure_tokens set revoked_at = exodrive_private.now() where booking_id = $1", revoked.id)
    import asyncpg

    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute(
        "update booking_secure_tokens set expires_at = exodrive_private.now() - $2::interval where booking_id = $1",
        expired.id,
        timedelta(1),
    )
    await owner.close()
    told = set()
    for made in (expired, revoked, None):
        token = made.token if made else links.new_token()
        answer = await http.post("/booking/open", data={"token": token})
        assert answer.status_code == 404
        nonce = answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
        told.add(answer.text.replace(nonce or "@", ""))
        reference = made.reference if made else "ABCDEFGH"
        page = await http.get(f"/booking/{reference}", headers={"cookie": f"exodrive_b_{reference}={token}"})
        assert page.status_code == 404
    assert len(told) == 1


async def test_a_link_that_once_opened_something_is_refused_as_fast_as_any_other(client: Client, build: Build) -> None:
    made, http = await build.held(), browser(client)
    async with build.doors.service().scope() as db:
        await db.execute("update booking_secure_tokens set revoked_at = exodrive_private.now() where booking_id = $1", made.id)

    async def seconds(token: str) -> float:
        began = time.perf_counter()
        await http.post("/booking/open", data={"token": token})
        return time.perf_counter() - began

    pairs = [(await seconds(made.token), await seconds(links.new_token())) for _ in range(40)]
    known, unknown = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert abs(known - unknown) < 0.5 * max(known, unknown)


async def test_following_a_link_twice_or_by_a_mail_scanner_changes_nothing(client: Client, build: Build) -> None:
    made, http = await build.held(), browser(client)
    for method in ("HEAD", "GET", "GET"):
        page = await http.request(method, f"/booking/{made.token}")
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        assert page.headers["referrer-policy"] == "same-origin"
        assert made.reference not in page.text
    assert (await http.post("/booking/open", data={"token": made.token})).status_code == 303
