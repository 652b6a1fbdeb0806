"""Checkout over HTTP: what is refused, what is kept, and what it sets."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.builders import Build, days_ahead
from tests.garage import MadeCar
from tests.product import Stack
from tests.web.storefront.conftest import NewVisitor
from tests.web.storefront.forms import Form, filled


def address(car: MadeCar, start: object, end: object) -> str:
    return f"/cars/{car.slug}/checkout?start={start}&end={end}"


async def open_form(http: httpx.AsyncClient, car: MadeCar, first: int = 10) -> str:
    days = days_ahead(first, 3)
    page = await http.get(address(car, days.start, days.end))
    assert page.status_code == 200
    return page.text


async def test_the_form_names_the_amount_and_sets_no_cookie(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(10, 3)
    page = await http.get(address(car, days.start, days.end))
    assert re.search(r"Pay \$[\d,]+\.\d\d with PayPal", page.text)
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"


async def test_a_good_form_leads_to_paypal_with_the_bookings_cookie(http: httpx.AsyncClient, build: Build, stack: Stack) -> None:
    car = await build.car()
    answer = await http.post(f"/cars/{car.slug}/checkout", data=filled(await open_form(http, car)))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(stack.paypal.url)
    cookies = answer.headers.get_list("set-cookie")
    assert {cookie.partition("=")[0].rpartition("_")[0] for cookie in cookies} == {"exodrive", "exodrive_b"}
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie for cookie in cookies)


async def test_the_same_form_twice_is_one_booking(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    form = filled(await open_form(http, car), email="twice@example.com")
    first = await http.post(f"/cars/{car.slug}/checkout", data=form)
    second = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert first.headers["location"] == second.headers["location"]
    assert await build.value("select count(*) from bookings where car_id = $1", car.id) == 1


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("email", "ada", "Please give an e-mail address"),
        ("first_name", "", "Please fill this in"),
        ("phone", "none", "Please give a phone number"),
        ("birth_date", "2020-01-01", "at least 25 years old"),
        ("birth_date", "yesterday", "Please give a date"),
        ("pickup_time", "23:30", "is open from"),
        ("terms", "", "Please accept the rental terms"),
    ],
)
async def test_a_wrong_field_is_named_and_the_rest_is_kept(http: httpx.AsyncClient, build: Build, field: str, text: str, told: str) -> None:
    car = await build.car()
    form = filled(await open_form(http, car), notes="Ring twice & wait", **{field: text})
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Ring twice &amp; wait" in answer.text
    again = Form(answer.text).fields
    assert {name: again.get(name) for name in ("last_name", "start", "pickup_location_id") if name != field} == {
        name: form[name] for name in ("last_name", "start", "pickup_location_id") if name != field
    }
    assert answer.text.count("autofocus") == (field in ("email", "first_name", "phone", "birth_date"))
    assert await build.value("select count(*) from bookings where car_id = $1", car.id) == 0


async def test_what_was_typed_is_never_markup(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    evil = '"><script>alert(1)</script>'
    form = filled(await open_form(http, car), email=evil, first_name=evil, notes=evil, pickup_address_line1=evil, key=evil)
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


async def test_a_forged_or_foreign_price_is_shown_anew_and_not_booked(http: httpx.AsyncClient, build: Build) -> None:
    car, other = await build.car(), await build.car(price={"base_price": 10})
    cheap = Form(await open_form(http, other)).fields["quote"]
    form = filled(await open_form(http, car), quote=cheap)
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert answer.status_code == 409
    assert "The price has changed" in answer.text
    assert Form(answer.text).fields["quote"] != cheap
    forged = await http.post(f"/cars/{car.slug}/checkout", data=form | {"quote": "x.y"})
    assert forged.status_code == 422
    assert "did not come from us" in forged.text


async def test_days_that_were_just_taken_offer_others_and_keep_the_form(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    form = filled(await open_form(http, car), first_name="Grace")
    await build.held(car, days_ahead(10, 3))
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert answer.status_code == 409
    assert "Car just got booked" in answer.text
    near = re.search(r'name="range" value="([^"]+)"', answer.text)
    assert near
    again = await http.post(f"/cars/{car.slug}/checkout", data=form | {"range": near[1]})
    assert again.status_code == 200
    fields = Form(again.text).fields
    assert (f"{fields['start']}..{fields['end']}", fields["first_name"]) == (near[1], "Grace")


async def test_the_price_follows_the_delivery(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(10, 3)
    query = {"start": days.start.isoformat(), "end": days.end.isoformat()}
    plain = (await http.post(f"/cars/{car.slug}/checkout/price", data=query)).text
    brought = (await http.post(f"/cars/{car.slug}/checkout/price", data=query | {"pickup_location_id": "address"})).text
    assert "Delivery to your address" in brought
    assert "Delivery to your address" not in plain
    assert Form(plain).fields["quote"] != Form(brought).fields["quote"]


async def test_an_address_is_asked_for_when_the_car_is_brought(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    form = filled(await open_form(http, car), pickup_location_id="address", reprice="1")
    priced = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert priced.status_code == 200
    form = filled(priced.text, pickup_location_id="address")
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form)
    assert answer.status_code == 422
    assert 'href="#pickup_address_line1"' in answer.text
    good = await http.post(
        f"/cars/{car.slug}/checkout", data=form | {"pickup_address_line1": "1 Ocean Drive", "pickup_address_city": "Miami"}
    )
    assert good.status_code == 303


async def test_too_many_unpaid_bookings_are_told_to_wait(visitor: NewVisitor, build: Build) -> None:
    answers = []
    for _number in range(3):
        http, car = visitor(), await build.car()
        answers.append(await http.post(f"/cars/{car.slug}/checkout", data=filled(await open_form(http, car), email="many@example.com")))
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 20 * 60
    assert "You have unpaid bookings already" in answers[-1].text


async def test_another_site_cannot_send_the_form(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    form = filled(await open_form(http, car))
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert await build.value("select count(*) from bookings where car_id = $1", car.id) == 0


async def test_bad_or_taken_days_lead_back_to_the_car(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(10, 3)
    await build.held(car, days)
    taken = await http.get(address(car, days.start, days.end))
    assert (taken.status_code, taken.headers["location"]) == (303, f"/cars/{car.slug}?start={days.start}&end={days.end}#book")
    for start, end in (("x", "y"), ("", ""), (days.end, days.start), ("1999-01-01", "1999-01-02")):
        answer = await http.get(address(car, start, end))
        assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, f"/cars/{car.slug}")
