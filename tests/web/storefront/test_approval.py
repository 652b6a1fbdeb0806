"""Cars whose bookings we accept ourselves: said on the car's page and before paying, and while the answer is waited for."""

from datetime import datetime, timedelta

import httpx
import msgspec

from exodrive.flows.approval import answer
from tests.builders import Build, days_ahead, new_key
from tests.flows.ending import pick_up_in, staff_of
from tests.web.api.test_changes import PRICE, ask
from tests.web.storefront.conftest import NewVisitor, as_holder
from tests.web.storefront.test_cancel import said
from tests.web.storefront.test_checkout import open_form

PROMISE = "within 24 hours of your payment"


async def test_it_is_said_on_the_cars_page_and_before_paying_and_of_no_other_car(http: httpx.AsyncClient, build: Build) -> None:
    rare, other = await build.car(requires_approval=True), await build.car()
    for car, is_said in ((rare, True), (other, False)):
        for page in ((await http.get(f"/cars/{car.slug}")).text, await open_form(http, car)):
            assert (PROMISE in page) is is_said
            assert ("your money comes back in full" in page) is is_said


async def test_who_has_paid_is_thanked_and_told_that_an_answer_follows(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid(await build.car(requires_approval=True))
    http = as_holder(visitor(), made)
    page = said((await http.get(f"/booking/{made.reference}?told=paid")).text)
    for words in ("Your payment has arrived", "You have our answer by", "everything you paid goes back", "By "):
        assert words in page, words
    assert "The car is yours" not in page
    sam = await staff_of(build)
    await answer.accept(sam.door, made.id, sam.actor)
    page = said((await http.get(f"/booking/{made.reference}?told=paid")).text)
    assert "The car is yours" in page
    assert "You have our answer by" not in page


async def test_it_is_not_changed_and_can_be_given_up_with_everything_going_back(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid(await build.car(requires_approval=True), days_ahead(2, 2))
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert f'href="/booking/{made.reference}/change"' not in page
    moved = [await http.get(f"/booking/{made.reference}/change"), await http.post(f"/booking/{made.reference}/change/preview")]
    assert [answer.headers["location"] for answer in moved] == [f"/booking/{made.reference}?told=not-accepted"] * 2
    assert "It can be changed once we have accepted it" in (await http.get(moved[0].headers["location"])).text
    page = said((await http.get(f"/booking/{made.reference}/cancellation")).text)
    for words in ("We have not accepted it yet", "100%"):
        assert words in page, words
    await http.post(f"/booking/{made.reference}/cancellation", data={"refund": made.held.total.text})
    assert await build.status(made) == "cancelled"


async def test_no_deposit_is_asked_for_before_we_accept(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid(await build.car(requires_approval=True))
    await pick_up_in(build, made, timedelta(hours=30))
    http, asks = as_holder(visitor(), made), "Please hold the deposit"
    assert asks not in (await http.get(f"/booking/{made.reference}")).text
    sam = await staff_of(build)
    await answer.accept(sam.door, made.id, sam.actor)
    assert asks in (await http.get(f"/booking/{made.reference}")).text


async def test_a_program_knows_it_before_it_books_and_until_when_it_may_cancel(http: httpx.AsyncClient, build: Build) -> None:
    days = days_ahead(10, 3)
    for car, hours in ((await build.car(requires_approval=True), 24), (await build.car(), None)):
        seen = await http.get(f"/api/availability?car_id={car.id}&start={days.start}&end={days.end}")
        assert seen.json()["approval_hours"] == hours
        order, headers = msgspec.to_builtins(await build.order(car, days)), {"idempotency-key": new_key()}
        booked = [(await http.post("/api/bookings", json=order, headers=headers)).json() for _ in range(2)]
        assert [one["approval_hours"] for one in booked] == [hours] * 2
    made = await build.paid(await build.car(requires_approval=True))
    would = await http.get(f"/api/bookings/{made.reference}/cancellation/price", headers={"authorization": f"Bearer {made.token}"})
    due = await build.value("select approval_due_at from bookings where id = $1", made.id)
    assert datetime.fromisoformat(would.json()["until"]) == due


async def test_a_program_is_told_why_it_cannot_be_changed(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid(await build.car(requires_approval=True))
    asked = await ask(http, PRICE, made, {"additional_drivers": 1})
    assert (asked.status_code, asked.json()["type"]) == (409, "/problems/not-accepted")
