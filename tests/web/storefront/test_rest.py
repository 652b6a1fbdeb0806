"""The second part of a price on the booking's page: what is due, by when, the way to PayPal and back."""

import re

import pytest

from exodrive.web.storefront.stories import story_of
from tests.builders import Build
from tests.product import Stack
from tests.web.parts import due_in, in_two_parts, rest_of
from tests.web.steps import settles
from tests.web.storefront.conftest import NewVisitor, as_holder


def plain(page: str) -> str:
    return re.sub(r"(<[^>]+>|\s)+", " ", page)


async def test_the_page_says_what_is_due_when_and_pays_it_by_paypal(visitor: NewVisitor, build: Build, stack: Stack) -> None:
    made = await in_two_parts(build)
    http = as_holder(visitor(), made)
    status, amount = await rest_of(build, made)
    page = (await http.get(f"/booking/{made.reference}")).text
    for said in (
        "The rest of the price",
        "It is to be paid by",
        f"Pay {amount} with PayPal",
        "Paid with the booking",
        f"The rest, {amount},",
    ):
        assert said in plain(page), said
    assert status == "open"
    begun = await http.post(f"/booking/{made.reference}/rest")
    assert begun.status_code == 303
    order_id = begun.headers["location"].partition("token=")[2]
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    home = await http.get("/paypal/return", params={"token": order_id})
    assert (home.status_code, home.headers["location"]) == (303, f"/booking/{made.reference}?told=rest-paid")
    assert await settles(lambda: rest_of(build, made), ("paid", amount))
    page = plain((await http.get(home.headers["location"])).text)
    assert "All of the price is paid" in page
    assert f"Pay {amount} with PayPal" not in page
    assert re.search(r"Paid on \w+ \d+, \d{4} " + re.escape(amount), page)
    stranger = await visitor().get("/paypal/return", params={"token": order_id})
    assert "All of the price is paid" in stranger.text
    assert made.reference not in stranger.text


async def test_who_does_not_come_back_has_paid_all_the_same(visitor: NewVisitor, build: Build, stack: Stack) -> None:
    """PayPal's notice is enough."""
    made = await in_two_parts(build)
    _status, amount = await rest_of(build, made)
    begun = await as_holder(visitor(), made).post(f"/booking/{made.reference}/rest")
    order_id = begun.headers["location"].partition("token=")[2]
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    assert await settles(lambda: rest_of(build, made), ("paid", amount))


@pytest.mark.parametrize(("days", "title"), [(1, "The rest of the price"), (0, "The rest is due today"), (-1, "The rest is overdue")])
async def test_the_day_it_is_due_is_told(visitor: NewVisitor, build: Build, days: int, title: str) -> None:
    made = await in_two_parts(build)
    await due_in(build, made, days)
    page = plain((await as_holder(visitor(), made).get(f"/booking/{made.reference}")).text)
    assert title in page
    assert re.search(r"Pay \$[\d,.]+ with PayPal", page)


async def test_while_paypal_decides_nobody_is_asked_to_pay_again(visitor: NewVisitor, build: Build) -> None:
    made = await in_two_parts(build)
    await build.value("update booking_instalments set is_paying = true where booking_id = $1", made.id)
    http = as_holder(visitor(), made)
    page = plain((await http.get(f"/booking/{made.reference}")).text)
    assert "We are checking the payment of the rest" in page
    assert not re.search(r"Pay \$[\d,.]+ with PayPal", page)
    answer = await http.post(f"/booking/{made.reference}/rest")
    assert answer.headers["location"] == f"/booking/{made.reference}?told=rest-payment-under-way"
    assert "A payment is on its way" in (await http.get(answer.headers["location"])).text


async def test_a_booking_paid_in_one_shows_none(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    assert 'id="rest"' not in (await http.get(f"/booking/{made.reference}")).text
    answer = await http.post(f"/booking/{made.reference}/rest")
    assert answer.headers["location"] == f"/booking/{made.reference}?told=rest-no-rest"
    assert "Nothing more is to be paid" in (await http.get(answer.headers["location"])).text


async def test_only_its_holder_begins_to_pay(visitor: NewVisitor, build: Build) -> None:
    made = await in_two_parts(build)
    assert (await visitor().post(f"/booking/{made.reference}/rest")).status_code == 404


async def test_turning_back_is_told(visitor: NewVisitor, build: Build) -> None:
    made = await in_two_parts(build)
    http = as_holder(visitor(), made)
    order_id = (await http.post(f"/booking/{made.reference}/rest")).headers["location"].partition("token=")[2]
    back = await http.get("/paypal/cancel", params={"token": order_id})
    assert back.headers["location"] == f"/booking/{made.reference}?told=rest-stopped"
    assert "You turned back at PayPal" in (await http.get(back.headers["location"])).text


async def test_a_program_begins_to_pay_under_the_bookings_token(visitor: NewVisitor, build: Build) -> None:
    made, other = await in_two_parts(build), await build.paid()
    for booking, status in ((made, 200), (other, 409)):
        headers = {"authorization": f"Bearer {booking.token}"}
        answer = await visitor().post(f"/api/bookings/{booking.reference}/rest/payment", headers=headers, json={})
        assert answer.status_code == status
    assert answer.json()["type"] == "/problems/no-rest"


@pytest.mark.parametrize(
    "code", ["paid", "declined", "not-paid", "stopped", "checking", "paypal-away", "gone", "no-rest", "change-first", "payment-under-way"]
)
def test_whatever_came_of_it_has_a_story(code: str) -> None:
    story = story_of(f"rest-{code}", is_held=False, is_over=False, is_paid=True)
    assert story
    assert story.text
    assert story.is_good == (code == "paid")
