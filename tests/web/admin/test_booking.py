"""The list and the file of a booking over HTTP, and what staff may do to it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from exodrive.pricing.kinds import Extra, PartPayment
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made
from tests.garage import new_rules
from tests.product import Stack
from tests.team import Person, Team
from tests.web.conftest import Client
from tests.web.steps import begin_payment, settles

Office = Callable[[Person], httpx.AsyncClient]
NASTY = "<script>alert('x')</script>&amp;{{7*7}}"


class Desk:
    """Somebody at work: their browser and their form token."""

    def __init__(self, person: Person, http: httpx.AsyncClient, csrf: str, team: Team) -> None:
        self.person, self.http, self.csrf, self.team = person, http, csrf, team

    async def do(self, made: Made, what: str, **form: str) -> httpx.Response:
        return await self.http.post(f"/admin/bookings/{made.reference}/{what}", data={"csrf": self.csrf} | form)

    async def file(self, made: Made) -> httpx.Response:
        return await self.http.get(f"/admin/bookings/{made.reference}")

    async def noted(self) -> list[tuple[str, str, Any]]:
        """What the book says this person did to which booking."""
        async with self.team.doors.service().scope() as db:
            rows = await db.fetch(
                "select action, subject_id, details from public.audit_log where staff_id = $1 and subject_type = 'booking' order by id",
                self.person.id,
            )
        return [tuple(row) for row in rows]


async def desk_of(role: StaffRole, team: Team, office: Office) -> Desk:
    person = await team.member(role)
    session = await team.session(person.token)
    assert session
    return Desk(person, office(person), session.csrf_token, team)


@pytest.fixture
async def agent(team: Team, office: Office) -> Desk:
    return await desk_of(StaffRole.AGENT, team, office)


@pytest.fixture
async def manager(team: Team, office: Office) -> Desk:
    return await desk_of(StaffRole.MANAGER, team, office)


async def test_the_file_shows_rental_renter_money_and_history(agent: Desk, build: Build) -> None:
    made = await build.paid(first_name="Ada", last_name="Renter")
    page = await agent.file(made)
    assert page.status_code == 200
    for said in (
        made.reference,
        "Test Car",
        "Ada Renter",
        made.order.email,
        "+1 305 555 0100",
        "$3,000.00",
        "Paid",
        "Upcoming",
        "Days held",
        "Test Garage",
    ):
        assert said in page.text, said


async def test_the_file_tells_why_each_line_of_the_price_is_there_and_what_is_still_due(agent: Desk, build: Build) -> None:
    car, own = await build.car(), {"currency": "USD", "amount": Decimal(40)}
    seat = Extra(name="Child seat", code="child-seat", car_id=car.id, **own)
    await new_rules(build.doors, seat, PartPayment(name="Two parts", percent=Decimal(30), days_before=3, car_id=car.id))
    page = (await agent.file(await build.paid(car, extras={"child-seat": 1}, part_payment=True))).text
    for said in ("Why this price?", "Child seat", "You asked for it.", "Paid with the booking", "To be paid by"):
        assert said in page, said


async def test_the_file_shows_no_secret(agent: Desk, build: Build) -> None:
    made = await build.paid()
    page = (await agent.file(made)).text
    async with build.doors.service().scope() as db:
        hashes = [bytes(row[0]).hex() for row in await db.fetch("select token_hash from booking_secure_tokens")]
        staff = await db.fetch("select password_hash, totp_secret from staff where password_hash is not null")
    for secret in (made.token, agent.person.token, *hashes, *[word for row in staff for word in row]):
        assert secret not in page


async def test_what_renters_typed_is_shown_as_text(agent: Desk, build: Build) -> None:
    made = await build.held(first_name=NASTY, last_name='O\'Neil "Q"', notes=NASTY + "\n" * 3 + "x" * 1500)
    for page in (await agent.file(made), await agent.http.get("/admin/bookings", params={"q": made.reference})):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text
        assert ">49<" not in page.text


async def test_a_reference_may_be_typed_in_small_letters_and_an_unknown_one_is_not_there(agent: Desk, build: Build) -> None:
    made = await build.held()
    assert (await agent.http.get(f"/admin/bookings/{made.reference.lower()}")).status_code == 200
    for reference in ("ZZZZZZZZ", "%00", "x" * 500, "é"):
        missing = await agent.http.get(f"/admin/bookings/{reference}")
        assert missing.status_code == 404, reference
    assert "To the bookings" in missing.text


# --- the link ----------------------------------------------------------------------------------------------------------


async def test_a_new_link_is_shown_once_opens_the_booking_and_ends_the_old_one(
    agent: Desk, build: Build, client: Client, stack: Stack
) -> None:
    made = await build.paid()
    page = await agent.do(made, "link")
    assert page.status_code == 200
    token = page.text.partition(f"{stack.url}/booking/")[2][:43]
    renter = client(headers={"sec-fetch-site": "same-origin"})
    assert (await renter.post("/booking/open", data={"token": token})).status_code == 303
    assert (await renter.post("/booking/open", data={"token": made.token})).status_code == 404
    assert token not in (await agent.file(made)).text
    assert await agent.noted() == [("link_reissued", str(made.id), {})]
    assert (await build.history(made)).count("link_reissued") == 1


async def test_an_ended_link_opens_nothing_and_the_reason_is_kept(agent: Desk, build: Build, client: Client) -> None:
    made = await build.paid()
    answer = await agent.do(made, "link/revocation", reason="lost phone")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/bookings/{made.reference}")
    renter = client(headers={"sec-fetch-site": "same-origin"}, cookies={f"exodrive_b_{made.reference}": made.token})
    assert (await renter.get(f"/booking/{made.reference}")).status_code == 404
    assert (await renter.post("/booking/open", data={"token": made.token})).status_code == 404
    page = (await agent.file(made)).text
    assert "No link opens this booking at present" in page
    assert "lost phone" in page
    await agent.do(made, "link/revocation", reason="once more")
    assert await agent.noted() == [("link_revoked", str(made.id), {"reason": "lost phone"})]


async def test_ending_a_link_without_a_reason_is_refused_on_the_same_page(agent: Desk, build: Build) -> None:
    made = await build.paid()
    for reason in ({}, {"reason": " "}, {"reason": "no"}, {"reason": "x" * 501}, {"reason": "a\0b"}):
        answer = await agent.do(made, "link/revocation", **reason)
        assert answer.status_code == 422
        assert "Say why" in answer.text
        assert made.reference in answer.text
    assert await agent.noted() == []


# --- cancelling --------------------------------------------------------------------------------------------------------


async def test_a_manager_cancels_the_days_are_free_and_the_money_goes_back_at_paypal(
    manager: Desk, build: Build, http: httpx.AsyncClient, stack: Stack
) -> None:
    made = await build.held()
    order_id = await begin_payment(http, made)
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    assert await settles(lambda: build.status(made), "upcoming")
    answer = await manager.do(made, "cancellation", reason="engine trouble")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/bookings/{made.reference}")
    assert await build.status(made) == "cancelled"
    assert await build.days_of(made) == []
    assert await settles(lambda: build.value("select status from payments where booking_id = $1", made.id), "refunded")
    page = (await manager.file(made)).text
    for said in ("Cancelled", "Refunded", "Paid back", "engine trouble", manager.person.name):
        assert said in page, said
    assert "Cancel this booking" not in page
    details = {"reason": "engine trouble", "how": "company", "refund": made.held.total.text, "currency": "USD"}
    assert await manager.noted() == [("booking_cancelled", str(made.id), details)]


async def test_an_unpaid_hold_can_be_cancelled_too(manager: Desk, build: Build) -> None:
    made = await build.held()
    assert (await manager.do(made, "cancellation", reason="double booking")).status_code == 303
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])


async def test_cancelling_twice_says_so_on_the_page(manager: Desk, build: Build) -> None:
    made = await build.held()
    await manager.do(made, "cancellation", reason="first")
    again = await manager.do(made, "cancellation", reason="second")
    assert again.status_code == 409
    assert "cannot be cancelled any more" in again.text
    assert [row[0] for row in await manager.noted()] == ["booking_cancelled"]


async def test_an_agent_may_not_cancel_and_is_not_offered_it(agent: Desk, build: Build) -> None:
    made = await build.held()
    assert "Cancel this booking" not in (await agent.file(made)).text
    answer = await agent.do(made, "cancellation", reason="just so")
    assert answer.status_code == 403
    assert "Ask a manager" in answer.text
    assert await build.status(made) == "pending"


# --- the form token ----------------------------------------------------------------------------------------------------


async def test_a_form_without_its_token_or_with_another_sessions_is_refused_and_nothing_is_done(
    manager: Desk, agent: Desk, build: Build
) -> None:
    made = await build.held()
    for form in ({}, {"csrf": ""}, {"csrf": agent.csrf}, {"csrf": manager.csrf[:-1]}, {"csrf": manager.csrf + "x"}, {"csrf": "é"}):
        answer = await manager.http.post(f"/admin/bookings/{made.reference}/cancellation", data={"reason": "just so"} | form)
        assert answer.status_code == 403, form
    assert await build.status(made) == "pending"
    assert (await manager.http.post("/admin/sign-out", data={})).status_code == 403
    assert (await manager.http.get("/admin")).status_code == 200


async def test_a_token_in_the_address_does_not_count(manager: Desk, build: Build) -> None:
    made = await build.held()
    answer = await manager.http.post(f"/admin/bookings/{made.reference}/cancellation?csrf={manager.csrf}", data={"reason": "just so"})
    assert answer.status_code == 403


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_no_form_is_refused(manager: Desk, build: Build, kind: str) -> None:
    made = await build.held()
    content = f'{{"csrf": "{manager.csrf}", "reason": "just so"}}'.encode()
    answer = await manager.http.post(f"/admin/bookings/{made.reference}/cancellation", content=content, headers={"content-type": kind})
    assert answer.status_code in (400, 403)
    assert await build.status(made) == "pending"


async def test_another_site_cannot_make_a_browser_cancel_even_with_the_token(manager: Desk, build: Build) -> None:
    made = await build.held()
    told = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = await manager.http.post(
        f"/admin/bookings/{made.reference}/cancellation", data={"csrf": manager.csrf, "reason": "x" * 5}, headers=told
    )
    assert answer.status_code == 403
    assert await build.status(made) == "pending"


# --- the list ----------------------------------------------------------------------------------------------------------


async def test_the_list_finds_by_reference_name_address_and_car(agent: Desk, build: Build) -> None:
    made = await build.held(last_name="Featherstonehaugh-Q")
    for words in (made.reference.lower(), "featherstonehaugh", "ada featherst", made.order.email[:20].upper()):
        page = await agent.http.get("/admin/bookings", params={"q": words})
        assert made.reference in page.text, words
    page = await agent.http.get("/admin/bookings", params={"q": "no such words"})
    assert "Nothing found for “no such words”" in page.text


async def test_the_list_by_state(agent: Desk, build: Build) -> None:
    held, paid = await build.held(), await build.paid()
    pending = (await agent.http.get("/admin/bookings", params={"status": "pending"})).text
    assert held.reference in pending
    assert paid.reference not in pending
    assert (await agent.http.get("/admin/bookings", params={"status": "sold"})).status_code == 422


async def test_the_list_goes_on_page_by_page_without_a_gap_or_a_repeat(agent: Desk, build: Build) -> None:
    from tests import garage

    car, surname = await build.car(), "Pagerton"
    for _ in range(55):
        await garage.new_booking(build.doors, car.id, _days(), contact_last_name=surname)
    import re

    found, address = [], f"/admin/bookings?q={surname}"
    while address:
        page = await agent.http.get(address)
        assert page.status_code == 200
        found += re.findall(r'href="/admin/bookings/([0-9A-Z]{8})"', page.text)
        older = re.search(r'href="(/admin/bookings\?[^"]*before=[^"]*)"', page.text)
        address = older[1].replace("&amp;", "&") if older else ""
    assert (len(found), len(set(found))) == (55, 55)


def _days() -> Any:
    from exodrive.kit.days import Days

    return Days(date(2026, 12, 1), date(2026, 12, 3))


@pytest.mark.parametrize("before", ["x", "2026-12-01_x", "2026-12-01T00:00:00_01a2040e-f088-75c9-b50b-440ce5132c87", "_", "9" * 90, "\0"])
async def test_a_made_up_place_in_the_list_is_refused(agent: Desk, before: str) -> None:
    assert (await agent.http.get("/admin/bookings", params={"before": before})).status_code == 422


async def test_a_filter_is_only_ever_text(agent: Desk) -> None:
    for words in ("%", "_", "' or 1=1 --", NASTY, "\\", "x" * 100, "😀"):
        page = await agent.http.get("/admin/bookings", params={"q": words})
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert (await agent.http.get("/admin/bookings", params={"q": "x" * 101})).status_code == 422
