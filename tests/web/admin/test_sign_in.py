"""The gate over HTTP: sign-in and its limits, invitations, the demo's link, sessions and their cookie."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from exodrive.kit import clock
from exodrive.kit.db import clock_shift
from exodrive.staff import codes, service
from exodrive.staff.model import LinkPurpose, StaffRole
from tests.product import Stack
from tests.team import PASSWORD, Person, Team, Wait, mover
from tests.web.conftest import Client

Office = Callable[[Person], httpx.AsyncClient]


@pytest.fixture
def gate(client: Client) -> httpx.AsyncClient:
    """Somebody at the gate, from a network of their own."""
    return client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"})


@pytest.fixture
async def wait_for(stack: Stack, http: httpx.AsyncClient) -> AsyncIterator[Wait]:
    """Let time pass for the stack and this process; the web looks at the database's clock each second."""

    async def settle() -> None:
        async with stack.doors.service().scope() as db:
            assert await clock_shift(db) == clock.shift()
        await asyncio.sleep(1.5)

    wait, back = mover(stack.database, settle)
    yield wait
    await back()


async def sign_in(http: httpx.AsyncClient, person: Person, **changes: str) -> httpx.Response:
    sent = {"email": person.email, "password": PASSWORD, "code": person.code()} | changes
    return await http.post("/admin/sign-in", data=sent)


def token_in(answer: httpx.Response) -> str:
    return answer.cookies["exodrive_staff"]


async def test_the_right_proofs_open_the_list_and_the_code_may_be_typed_in_two_halves(gate: httpx.AsyncClient, team: Team) -> None:
    person = await team.member()
    code = person.code()
    answer = await sign_in(gate, person, code=f" {code[:3]} {code[3:]} ", email=f" {person.email.upper()}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/bookings")
    page = await gate.get("/admin/bookings")
    assert page.status_code == 200
    assert person.name in page.text


async def test_the_wrong_ones_show_the_page_again_with_the_address_and_one_sentence(gate: httpx.AsyncClient, team: Team) -> None:
    person = await team.member()
    told = set()
    for changes in (
        {"password": "wrong kettle sings"},
        {"code": "000000"},
        {"email": "nobody@example.com"},
        {"code": "é" * 6},
        {"password": ""},
    ):
        answer = await sign_in(gate, person, **changes)
        assert answer.status_code == 403
        assert f'value="{changes.get("email", person.email)}"' in answer.text
        assert PASSWORD not in answer.text
        assert "set-cookie" not in answer.headers
        told.add(re.sub(r"nonce-[^']*|value=\"[^\"]*\"", "", re.sub(r"\s+", " ", answer.text)))
    assert len(told) == 1, "the same words, whatever was wrong"


async def test_after_five_tries_at_one_person_from_one_network_even_the_right_proofs_wait(
    gate: httpx.AsyncClient, client: Client, team: Team
) -> None:
    person, colleague = await team.member(), await team.member()
    for _ in range(5):
        assert (await sign_in(gate, person, code="000000")).status_code == 403
    answer = await sign_in(gate, person)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    assert "Too many tries" in answer.text
    assert (await sign_in(gate, colleague)).status_code == 303, "a colleague in the same office"
    elsewhere = client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.200"})
    assert (await sign_in(elsewhere, person)).status_code == 303, "nobody is shut out by a stranger's guesses"


async def test_one_network_may_try_thirty_times(client: Client) -> None:
    http = client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": f"2001:db8:{uuid4().hex[:4]}:7::1"})
    tries = [await http.post("/admin/sign-in", data={"email": f"{uuid4().hex}@example.com", "password": "", "code": ""}) for _ in range(31)]
    assert [answer.status_code for answer in tries] == [403] * 30 + [429]
    neighbour = client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": f"2001:db8:{uuid4().hex[:4]}:8::1"})
    assert (await neighbour.post("/admin/sign-in", data={})).status_code == 403


async def test_signing_in_gives_a_new_session_and_ends_the_one_the_browser_had(gate: httpx.AsyncClient, team: Team) -> None:
    person = await team.member()
    gate.cookies.set("exodrive_staff", person.token)
    answer = await sign_in(gate, person)
    fresh = token_in(answer)
    assert fresh != person.token
    assert await team.session(person.token) is None
    assert await team.session(fresh)


async def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it(gate: httpx.AsyncClient, team: Team) -> None:
    person, planted = await team.member(), "A" * 43
    gate.cookies.set("exodrive_staff", planted)
    answer = await sign_in(gate, person)
    assert token_in(answer) != planted
    assert await team.session(planted) is None


async def test_without_a_session_every_page_leads_to_the_sign_in_and_nothing_is_done(http: httpx.AsyncClient, client: Client) -> None:
    signed_out = client(headers={"sec-fetch-site": "same-origin"}, cookies={"exodrive_staff": "B" * 43})
    for method, path in (
        ("GET", "/admin"),
        ("GET", "/admin/bookings/ABCD1234"),
        ("POST", "/admin/bookings/ABCD1234/cancellation"),
        ("POST", "/admin/sign-out"),
    ):
        answer = await signed_out.request(method, path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/sign-in")


# --- the session over time ---------------------------------------------------------------------------------------------


async def test_the_cookie_is_replaced_in_passing_and_two_requests_at_once_both_get_through(
    office: Office, team: Team, wait_for: Wait
) -> None:
    person = await team.member()
    http = office(person)
    await wait_for(timedelta(minutes=16))
    answers = await asyncio.gather(*[http.get("/admin/bookings", headers={"cookie": f"exodrive_staff={person.token}"}) for _ in range(2)])
    assert [answer.status_code for answer in answers] == [200, 200]
    fresh = [answer.cookies["exodrive_staff"] for answer in answers if "exodrive_staff" in answer.cookies]
    assert len(fresh) == 1
    (line,) = [answer.headers["set-cookie"].lower() for answer in answers if "set-cookie" in answer.headers]
    assert "httponly" in line
    assert "samesite=lax" in line
    assert (await http.get("/admin", headers={"cookie": f"exodrive_staff={fresh[0]}"})).status_code == 200
    await wait_for(timedelta(minutes=2))
    assert (await http.get("/admin", headers={"cookie": f"exodrive_staff={person.token}"})).status_code == 303
    assert (await http.get("/admin", headers={"cookie": f"exodrive_staff={fresh[0]}"})).status_code == 200


async def test_signing_out_when_the_cookie_is_due_leaves_no_cookie_behind(office: Office, team: Team, wait_for: Wait) -> None:
    person = await team.member()
    session = await team.session(person.token)
    assert session
    await wait_for(timedelta(minutes=16))
    answer = await office(person).post("/admin/sign-out", data={"csrf": session.csrf_token})
    assert answer.status_code == 303
    assert len(answer.headers.get_list("set-cookie")) == 1
    assert "exodrive_staff=;" in answer.headers["set-cookie"].replace('""', "")


async def test_an_idle_session_leads_to_the_sign_in(office: Office, team: Team, wait_for: Wait) -> None:
    person = await team.member()
    await wait_for(timedelta(minutes=61))
    assert (await office(person).get("/admin")).status_code == 303


async def test_signing_out_everywhere_ends_the_other_browsers_session(office: Office, gate: httpx.AsyncClient, team: Team) -> None:
    person = await team.member()
    await sign_in(gate, person)
    session = await team.session(person.token)
    assert session
    await office(person).post("/admin/sign-out", data={"csrf": session.csrf_token, "everywhere": "yes"})
    assert (await gate.get("/admin")).status_code == 303


async def test_a_role_taken_away_counts_with_the_very_next_request(office: Office, team: Team) -> None:
    person = await team.member(StaffRole.MANAGER)
    http = office(person)
    session = await team.session(person.token)
    assert session
    cancel = "/admin/bookings/ABCD1234/cancellation"
    assert (await http.post(cancel, data={"csrf": session.csrf_token, "reason": "just so"})).status_code == 404
    await team.change("update public.staff set role = 'agent' where id = $1", person.id)
    assert (await http.post(cancel, data={"csrf": session.csrf_token, "reason": "just so"})).status_code == 403
    await team.change("update public.staff set disabled_at = exodrive_private.now() where id = $1", person.id)
    assert (await http.get("/admin")).headers["location"] == "/admin/sign-in"


# --- invitations -------------------------------------------------------------------------------------------------------


async def test_an_invitation_is_accepted_on_its_page(gate: httpx.AsyncClient, team: Team) -> None:
    token = await team.invitation(StaffRole.MANAGER)
    page = await gate.get(f"/admin/invitations/{token}")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert page.headers["referrer-policy"] == "same-origin"
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)[1]  # type: ignore[index]
    phone = Person(None, "", "", secret)  # type: ignore[arg-type]
    sent = {"token": token, "secret": secret, "password": "short", "code": phone.code()}
    weak = await gate.post("/admin/invitations", data=sent)
    assert weak.status_code == 422
    assert "between 12 and 256" in weak.text
    assert secret in weak.text, "the phone need not scan again"
    wrong = await gate.post("/admin/invitations", data=sent | {"password": PASSWORD, "code": "000000"})
    assert wrong.status_code == 403
    right = await gate.post("/admin/invitations", data=sent | {"password": f" {PASSWORD} "})
    assert (right.status_code, right.headers["location"]) == (303, "/admin/bookings")
    assert (await gate.get("/admin/bookings")).status_code == 200
    for again in (await gate.get(f"/admin/invitations/{token}"), await gate.post("/admin/invitations", data=sent | {"password": PASSWORD})):
        assert again.status_code == 404
    member = await team.session(token_in(right))
    assert member
    person = Person(member.staff_id, member.email, member.name, secret)
    assert (await sign_in(gate, person, code=person.code(1))).status_code == 403, "a password is taken exactly as typed"
    assert (await sign_in(gate, person, code=person.code(1), password=f" {PASSWORD} ")).status_code == 303


@pytest.mark.parametrize("secret", ["", "short", "a" * 32, "1" * 32, "A" * 33, "A" * 31 + "=", "<script>", "Ä" * 32])
async def test_a_secret_that_no_phone_can_have_is_refused(gate: httpx.AsyncClient, team: Team, secret: str) -> None:
    token = await team.invitation()
    answer = await gate.post("/admin/invitations", data={"token": token, "secret": secret, "password": PASSWORD, "code": "123456"})
    assert answer.status_code == 422
    await service.invited(team.door, token)


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 200, "%00", "..%2f..", "é"])
async def test_a_made_up_invitation_is_not_there(gate: httpx.AsyncClient, token: str) -> None:
    assert (await gate.get(f"/admin/invitations/{token}")).status_code == 404
    answer = await gate.post(
        "/admin/invitations", data={"token": token[:100], "secret": codes.new_secret(), "password": PASSWORD, "code": "1"}
    )
    assert answer.status_code in (404, 422)


async def test_the_demos_link_looks_at_nothing_and_signs_in_once(gate: httpx.AsyncClient, client: Client, team: Team) -> None:
    token = await service.invite(team.doors.service(), f"{uuid4().hex}@example.com", "Demo Owner", StaffRole.OWNER, LinkPurpose.DEMO)
    for _ in range(3):
        page = await gate.get(f"/admin/demo/{token}")
        assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    assert (await gate.post("/admin/demo", data={"token": token})).headers["location"] == "/admin/bookings"
    assert (await gate.get("/admin/bookings")).status_code == 200
    second = client(headers={"sec-fetch-site": "same-origin"})
    assert (await second.post("/admin/demo", data={"token": token})).status_code == 404


def test_in_production_there_is_no_such_door() -> None:
    from tests.web.routes import routes

    assert [route for route in routes("test") if "demo" in route.path]
    assert not [route for route in routes("production") if "demo" in route.path]


async def test_unknown_and_known_addresses_are_refused_in_the_same_time(client: Client, team: Team) -> None:
    person = await team.member()

    async def seconds(email: str) -> float:
        http = client(headers={"sec-fetch-site": "same-origin", "x-forwarded-for": f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"})
        began = time.perf_counter()
        await http.post("/admin/sign-in", data={"email": email, "password": "wrong kettle sings", "code": "000000"})
        return time.perf_counter() - began

    pairs = [(await seconds(person.email), await seconds(f"{uuid4().hex}@example.com")) for _ in range(9)]
    known, unknown = sorted(pair[0] for pair in pairs)[4], sorted(pair[1] for pair in pairs)[4]
    assert 0.4 < unknown / known < 2.5
