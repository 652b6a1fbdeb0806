"""Coming back from PayPal."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from exodrive.flows.checkout.model import Outcome, Step
from exodrive.flows.home import Home
from exodrive.kit.ids import BookingId, new_id
from exodrive.web.storefront.payment import message_of
from tests.builders import Build, days_ahead
from tests.product import Stack
from tests.web.storefront.conftest import NewVisitor, as_holder


@pytest.mark.parametrize("about", ["", "is_change", "is_rest", "is_deposit"])
@pytest.mark.parametrize("step", list(Step))
def test_every_outcome_has_a_message_that_names_nobody(step: Step, about: str) -> None:
    page = message_of(Home(Outcome(step, BookingId(new_id()), "ABCDEFGH"), **({about: True} if about else {})))
    assert page.title
    assert page.text
    assert "ABCDEFGH" not in page.title + page.text
    if step in (Step.NOT_PAID, Step.DECLINED, Step.GONE):
        assert "othing was charged" in page.title + page.text


async def test_scenario_27_who_approved_when_the_days_were_gone_is_told_that_nothing_was_charged(
    visitor: NewVisitor, build: Build, stack: Stack
) -> None:
    car = await build.car()
    made = await build.held(car, days_ahead(10, 3))
    http = as_holder(visitor(), made)
    address = (await http.post(f"/booking/{made.reference}/payment")).headers["location"]
    order_id = parse_qs(urlsplit(address).query)["token"][0]
    await build.lapse(made)
    await build.held(car, days_ahead(12, 2))
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    stranger = (await visitor().get("/paypal/return", params={"token": order_id})).text
    assert "Nothing was charged" in stranger
    assert "we never asked PayPal for the money" in stranger
    back = await http.get("/paypal/return", params={"token": order_id})
    assert "othing was charged" in (await http.get(back.headers["location"])).text
    ledger = await stack.paypal.control("GET", "ledger")
    assert [row for row in ledger["captures"] if row.get("custom_id") == str(made.id)] == []
    assert (await build.status(made), await build.days_of(made)) == ("expired", [])


@pytest.mark.parametrize("path", ["/paypal/return", "/paypal/cancel"])
@pytest.mark.parametrize("token", ["", "UNKNOWN", "a" * 65, "../..", "<script>"])
async def test_an_order_that_is_not_ours_is_not_found(http: httpx.AsyncClient, path: str, token: str) -> None:
    answer = await http.get(path, params={"token": token})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


async def test_turning_back_brings_the_holder_to_their_booking_and_nobody_else(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    order = await build.opened(made)
    holder = await as_holder(visitor(), made).get("/paypal/cancel", params={"token": order})
    assert (holder.status_code, holder.headers["location"]) == (303, f"/booking/{made.reference}?told=stopped")
    stranger = await visitor().get("/paypal/cancel", params={"token": order})
    assert stranger.status_code == 200
    assert "nothing was charged" in stranger.text
    assert made.reference not in stranger.text


async def test_a_payment_is_begun_by_the_holder_alone(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    assert (await visitor().post(f"/booking/{made.reference}/payment")).status_code == 404
    answer = await as_holder(visitor(), made).post(f"/booking/{made.reference}/payment")
    assert answer.status_code == 303
    assert "/checkoutnow?token=" in answer.headers["location"]


async def test_a_payment_that_cannot_begin_is_explained_on_the_page(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    await build.lapse(made)
    http = as_holder(visitor(), made)
    answer = await http.post(f"/booking/{made.reference}/payment")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}?told=hold-over")
    assert "The days are no longer held for you, and nothing was charged." in (await http.get(answer.headers["location"])).text


async def test_a_deposit_is_asked_for_by_the_holder_near_the_pick_up_and_held_on_return(
    visitor: NewVisitor, build: Build, stack: Stack
) -> None:
    made = await build.paid(days=days_ahead(1, 3))
    assert (await visitor().post(f"/booking/{made.reference}/deposit")).status_code == 404
    http = as_holder(visitor(), made)
    assert "Hold $5,000 with PayPal" in (await http.get(f"/booking/{made.reference}")).text
    address = (await http.post(f"/booking/{made.reference}/deposit")).headers["location"]
    order_id = parse_qs(urlsplit(address).query)["token"][0]
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    back = await http.get("/paypal/return", params={"token": order_id})
    assert (back.status_code, back.headers["location"]) == (303, f"/booking/{made.reference}?told=deposit-paid")
    page = (await http.get(back.headers["location"])).text
    assert "is held, not charged" in page
    assert "with PayPal" not in page
    again = await http.post(f"/booking/{made.reference}/deposit")
    assert again.headers["location"] == f"/booking/{made.reference}?told=deposit-no-hold-wanted"


async def test_a_deposit_is_not_asked_for_long_before_the_pick_up(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    assert "with PayPal" not in (await http.get(f"/booking/{made.reference}")).text
    told = (await http.post(f"/booking/{made.reference}/deposit")).headers["location"]
    assert "Nothing was charged" in (await http.get(told)).text
