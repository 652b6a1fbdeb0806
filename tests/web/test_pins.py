"""A PIN in front of a private link: set by staff, asked for on a second page, and out of reach of guessing."""

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import httpx
import pytest

from exodrive.bookings.pin import service as pins
from exodrive.kit import hashing, links
from exodrive.operate.clock import move
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made
from tests.product import Stack
from tests.team import Team
from tests.web.conftest import Client
from tests.web.desk import Desk
from tests.web.endpoints import Caller, Endpoints
from tests.web.routes import routes

Sit = Callable[..., Awaitable[Desk]]
_networks = itertools.count(1)


def browser(client: Client, network: str = "") -> httpx.AsyncClient:
    """A browser on one of our pages, from a network of its own."""
    return client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": network or f"2001:db8:919:{next(_networks):x}::1"})


@pytest.fixture
async def agent(desk: Sit) -> Desk:
    return await desk(StaffRole.AGENT)


async def set_pin(agent: Desk, made: Made) -> str:
    """Have staff set a PIN; return what the page shows."""
    answer = await agent.post(f"/admin/bookings/{made.reference}/link/pin")
    assert answer.status_code == 200, answer.text
    shown = re.search(r'class="code keep">(\d{6})<', answer.text)
    assert shown, "it is shown this once"
    return shown[1]


def wrong(pin: str, number: int = 1) -> str:
    return f"{(int(pin) + number) % 10**6:06}"


async def offer(http: httpx.AsyncClient, token: str, pin: str | None = None) -> httpx.Response:
    return await http.post("/booking/open", data={"token": token} | ({} if pin is None else {"pin": pin}))


async def exchange(client: Client, token: str, pin: str | None = None, network: str = "") -> httpx.Response:
    """Ask for the key of a link's booking, as a program does."""
    headers = {"x-forwarded-for": network or f"2001:db8:91a:{next(_networks):x}::1"}
    return await client().post("/api/bookings/key", json={"token": token} | ({} if pin is None else {"pin": pin}), headers=headers)


async def test_a_link_with_a_pin_asks_for_it_on_a_second_page_and_opens_with_it(client: Client, build: Build, agent: Desk) -> None:
    made, http = await build.held(), browser(client)
    pin = await set_pin(agent, made)
    asked = await offer(http, made.token)
    assert asked.status_code == 200
    assert 'name="pin"' in asked.text
    assert f'value="{made.token}"' in asked.text
    assert made.reference not in asked.text
    assert "set-cookie" not in asked.headers
    assert "no-store" in asked.headers["cache-control"]
    opened = await offer(http, made.token, f"{pin[:3]} {pin[3:]}")
    assert (opened.status_code, opened.headers["location"]) == (303, f"/booking/{made.reference}")
    assert (await http.get(f"/booking/{made.reference}")).status_code == 200
    assert made.token not in opened.headers["set-cookie"], "the link by itself opens nothing"


async def test_the_links_own_token_opens_nothing_while_a_pin_stands_before_it(client: Client, build: Build, agent: Desk) -> None:
    made = await build.held()
    inside = client(cookies={f"exodrive_b_{made.reference}": made.token})
    assert (await inside.get(f"/booking/{made.reference}")).status_code == 200
    await set_pin(agent, made)
    assert (await inside.get(f"/booking/{made.reference}")).status_code == 404, "whoever was in is out"
    bearer = {"authorization": f"Bearer {made.token}", "content-type": "application/json"}
    assert (await client().post(f"/api/bookings/{made.reference}/payment", headers=bearer)).status_code == 404


async def test_no_address_of_a_booking_answers_to_the_link_alone_and_its_pages_answer_to_the_key(
    stack: Stack, client: Client, build: Build, team: Team, agent: Desk
) -> None:
    made, addresses = await build.paid(), Endpoints(stack, build, team)
    key = (await exchange(client, made.token, await set_pin(agent, made))).json()["key"]
    seen = 0
    for route in sorted(routes(), key=str):
        if "{reference}" not in route.path or "/admin/" in route.path:
            continue
        path, content, kind = await addresses.request(route, made, Caller("holder", {}))
        headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
        for carried in ({"cookie": f"exodrive_b_{made.reference}={made.token}"}, {"authorization": f"Bearer {made.token}"}):
            answer = await client().request(route.method, path, content=content, headers=headers | carried)
            assert answer.status_code == 404, f"{route} by {[*carried]}"
        if route.method == "GET":
            assert (await client().get(path, headers={"authorization": f"Bearer {key}"})).status_code == 200, str(route)
        seen += 1
    assert seen > 20


async def test_a_program_exchanges_link_and_pin_for_the_key(client: Client, build: Build, agent: Desk) -> None:
    made = await build.held()
    assert (await exchange(client, made.token)).json() == {"reference": made.reference, "key": made.token}
    pin = await set_pin(agent, made)
    asked, refused = await exchange(client, made.token), await exchange(client, made.token, wrong(pin))
    assert (asked.status_code, asked.json()["type"].rpartition("/")[2]) == (422, "pin-asked")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (422, "wrong-pin")
    assert [problem["field"] for problem in refused.json()["errors"]] == ["pin"]
    answer = await exchange(client, made.token, pin)
    assert answer.headers["cache-control"] == "no-store"
    bearer = {"authorization": f"Bearer {answer.json()['key']}", "content-type": "application/json"}
    assert (await client().post(f"/api/bookings/{made.reference}/payment", headers=bearer)).status_code == 200
    assert (await exchange(client, links.new_token(), pin)).status_code == 404


async def test_the_tries_of_programs_and_people_are_counted_together(client: Client, build: Build, agent: Desk) -> None:
    made, guesser = await build.held(), browser(client)
    pin = await set_pin(agent, made)
    network = guesser.headers["x-forwarded-for"]
    for number in range(1, 6):
        await (offer(guesser, made.token, wrong(pin, number)) if number % 2 else exchange(client, made.token, wrong(pin, number), network))
    ended = await exchange(client, made.token, pin, network)
    assert (ended.status_code, ended.json()["type"].rpartition("/")[2]) == (429, "no-tries-left")
    assert int(ended.headers["retry-after"]) > 0


async def test_the_link_that_is_handed_on_asks_for_the_pin_too(client: Client, build: Build, agent: Desk) -> None:
    made, http = await build.held(), browser(client)
    await offer(http, made.token, await set_pin(agent, made))
    shared = await http.get(f"/booking/{made.reference}/share")
    assert f'/booking/{made.token}"' in shared.text
    key = http.cookies[f"exodrive_b_{made.reference}"]
    assert key not in shared.text, "what the PIN was exchanged for is not for handing on"


async def test_a_new_pin_ends_the_one_before_and_whoever_came_in_by_it(client: Client, build: Build, agent: Desk) -> None:
    made, http = await build.held(), browser(client)
    first = await set_pin(agent, made)
    await offer(http, made.token, first)
    second = await set_pin(agent, made)
    assert (await http.get(f"/booking/{made.reference}")).status_code == 404
    if first != second:
        assert (await offer(http, made.token, first)).status_code == 422
    assert (await offer(http, made.token, second)).status_code == 303


async def test_a_pin_taken_away_is_asked_for_no_more(client: Client, build: Build, agent: Desk) -> None:
    made, http = await build.held(), browser(client)
    pin = await set_pin(agent, made)
    inside = browser(client)
    await offer(inside, made.token, pin)
    answer = await agent.post(f"/admin/bookings/{made.reference}/link/pin/removal", reason="the renter forgot it")
    assert answer.status_code == 303
    assert (await offer(http, made.token)).status_code == 303
    assert (await inside.get(f"/booking/{made.reference}")).status_code == 404, "the key of the PIN went with it"
    events = await build.rows("select event_type, reason from booking_events where booking_id = $1 order by id desc limit 2", made.id)
    assert events == [("pin_cleared", "the renter forgot it"), ("pin_set", None)]
    noted = await build.rows("select action from audit_log where subject_id = $1 order by id", str(made.id))
    assert [row[0] for row in noted] == ["pin_set", "pin_cleared"]


async def test_a_new_link_has_no_pin_and_an_ended_one_takes_none(client: Client, build: Build, agent: Desk) -> None:
    made = await build.held()
    pin = await set_pin(agent, made)
    shown = await agent.post(f"/admin/bookings/{made.reference}/link")
    fresh = re.search(r"/booking/([\w-]{43})<", shown.text)
    assert fresh
    assert (await offer(browser(client), fresh[1])).status_code == 303
    assert (await offer(browser(client), made.token, pin)).status_code == 404
    await agent.post(f"/admin/bookings/{made.reference}/link/revocation", reason="lost")
    refused = await agent.post(f"/admin/bookings/{made.reference}/link/pin")
    assert refused.status_code == 409


async def test_wrong_links_are_refused_in_the_same_words_with_and_without_a_pin(client: Client, build: Build, agent: Desk) -> None:
    revoked, expired = await build.held(), await build.held()
    pin = await set_pin(agent, revoked)
    await set_pin(agent, expired)
    await agent.post(f"/admin/bookings/{revoked.reference}/link/revocation", reason="lost")
    db = await asyncpg.connect(build.superuser_url)
    a_day_ago = "update booking_secure_tokens set expires_at = exodrive_private.now() - interval '1 day' where booking_id = $1"
    await db.execute(a_day_ago, expired.id)
    await db.close()
    told = set()
    for token in (revoked.token, expired.token, links.new_token()):
        for sent in (None, pin, "12"):
            answer = await offer(browser(client), token, sent)
            assert answer.status_code == 404
            nonce = answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
            told.add(answer.text.replace(nonce or "@", ""))
    assert len(told) == 1


async def test_five_tries_of_a_link_from_one_network_and_then_none_for_a_quarter_of_an_hour(
    stack: Stack, client: Client, build: Build, agent: Desk
) -> None:
    made, guesser, owner = await build.held(), browser(client), browser(client)
    pin = await set_pin(agent, made)
    assert [(await offer(guesser, made.token, wrong(pin, n))).status_code for n in range(1, 6)] == [422] * 5
    assert (await offer(guesser, made.token, "12345")).status_code == 422, "what cannot be a PIN is no try"
    refused = await offer(guesser, made.token, pin)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert "Too many tries" in refused.text
    assert (await offer(owner, made.token, pin)).status_code == 303, "a stranger elsewhere does not shut the renter out"
    try:
        await move(stack.database.url("owner"), timedelta(minutes=16))
        assert (await offer(guesser, made.token, pin)).status_code == 303
    finally:
        await move(stack.database.url("owner"), timedelta())


async def test_tries_survive_a_restart_and_an_empty_redis(stack: Stack, client: Client, build: Build, agent: Desk) -> None:
    made, guesser = await build.held(), browser(client)
    pin = await set_pin(agent, made)
    for n in range(1, 6):
        await offer(guesser, made.token, wrong(pin, n))
    stack.start_again("web")
    stack.wait()
    await build.world.locks._courtesy.redis.flushall()
    assert (await offer(guesser, made.token, pin)).status_code == 429


async def test_many_guesses_at_once_from_one_network_are_five(client: Client, build: Build, agent: Desk) -> None:
    made, guesser = await build.held(), browser(client)
    pin = await set_pin(agent, made)
    answers = await asyncio.gather(*(offer(guesser, made.token, wrong(pin, n)) for n in range(1, 21)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 15


async def test_guesses_from_many_addresses_end_for_all_of_them_and_a_new_pin_does_not_give_them_back(
    client: Client, build: Build, agent: Desk
) -> None:
    """Fifty in a day, of a million: whoever has the link and a thousand networks wins nothing by them."""
    made = await build.held()
    pin = await set_pin(agent, made)
    door, keys = build.doors.checkout(), build.world.links
    for n in range(pins.ANYWHERE):
        with pytest.raises(pins.WrongPin):
            await pins.key_of(door, keys, made.token, f"2001:db8:{n:x}::/64", wrong(pin, n + 1))
    refused = await offer(browser(client), made.token, pin)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 86400
    await set_pin(agent, made)
    assert (await offer(browser(client), made.token, pin)).status_code == 429


async def test_the_pin_is_kept_as_a_slow_hash_and_written_nowhere_else(stack: Stack, client: Client, build: Build, agent: Desk) -> None:
    made = await build.held()
    pin = await set_pin(agent, made)
    await offer(browser(client), made.token, pin)
    kept = await build.value("select pin_hash from booking_secure_tokens where booking_id = $1 and revoked_at is null", made.id)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.matches(kept, pin)
    told = await build.rows("select topic from outbox where payload::text like '%' || $1 || '%'", pin)
    assert told == []
    assert pin not in (await agent.get(f"/admin/bookings/{made.reference}")).text.replace(made.reference, ""), "shown once"


async def test_a_letter_of_a_booking_with_a_pin_brings_the_link_and_not_the_pin(stack: Stack, build: Build, agent: Desk) -> None:
    made = await build.held()
    pin = await set_pin(agent, made)
    await build.pay(made)
    async with asyncio.timeout(30):
        while not (letters := [mail for mail in await stack.resend.control("GET", "mails") if made.order.email in mail["to"]]):
            await asyncio.sleep(0.1)
    told = str(letters[0]["text"])
    assert f"/booking/{made.token}" in told
    assert not re.search(rf"\b{pin}\b", told)
