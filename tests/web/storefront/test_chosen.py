"""Choices in checkout over HTTP: offered with their price, kept when something is wrong, and had once when they are the last."""

import asyncio
import re
from datetime import time
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Area,
    Delivery,
    Extra,
    Notice,
    PartPayment,
    Season,
    Waiver,
)
from tests.builders import Build, days_ahead
from tests.garage import MadeCar, new_rules
from tests.web.storefront.conftest import NewVisitor, as_holder
from tests.web.storefront.forms import Form, filled

DAYS = days_ahead(20, 3)
DOLLARS = {"currency": "USD"}


async def rich_car(build: Build, seat: str, stock: int | None = 2) -> MadeCar:
    """A car with an extra, two covers, additional drivers, late hours and part payment."""
    car = await build.car()
    own = {"car_id": car.id}
    await new_rules(
        build.doors,
        Extra(name="Child seat", code=seat, per="day", amount=Decimal(18), most=2, stock=stock, description="From 9 kg.", **DOLLARS, **own),
        Waiver(name="Standard", code="standard", amount=Decimal(0), excess=Decimal(7500), **DOLLARS, **own),
        Waiver(name="Full cover", code="full", per="day", amount=Decimal(50), excess=Decimal(500), **DOLLARS, **own),
        AdditionalDriver(name="Additional driver", amount=Decimal(30), **DOLLARS, **own),
        AfterHours(name="Late", since=time(20), until=time(7), amount=Decimal(75), **DOLLARS, **own),
        PartPayment(name="Two parts", percent=Decimal(30), days_before=7, **own),
    )
    return car


async def page_of(http: httpx.AsyncClient, car: MadeCar) -> str:
    page = await http.get(f"/cars/{car.slug}/checkout?start={DAYS.start}&end={DAYS.end}")
    assert page.status_code == 200, page.text[:500]
    return page.text


@pytest.fixture
def seat() -> str:
    return f"seat-{uuid4().hex[:10]}"


async def test_each_choice_is_told_with_its_price_for_these_days(http: httpx.AsyncClient, build: Build, seat: str) -> None:
    page = await page_of(http, await rich_car(build, seat))
    told = ["+ $54", "From 9 kg. $18 a day.", "Included", "+ $150", "You bear $500 of a damage at most.", "+ $30"]
    assert [words for words in [*told, "Pay 30% now, the rest by"] if words not in page] == []
    assert "Of a damage that is covered you bear $7,500 at most." in page
    assert re.search(r"When we are closed, from 8:00.PM to 7:00.AM: \+ \$75", page)


async def test_without_a_script_the_button_updates_the_price_and_keeps_every_choice(
    http: httpx.AsyncClient, build: Build, seat: str
) -> None:
    car = await rich_car(build, seat)
    chosen = {f"extras.{seat}": "2", "waiver": "full", "additional_drivers": "1", "part_payment": "true", "dropoff_time": "21:00"}
    form = filled(await page_of(http, car), **chosen)
    answer = await http.post(f"/cars/{car.slug}/checkout", data=form | {"reprice": "1"})
    assert answer.status_code == 200
    fields = Form(answer.text).fields
    assert {name: fields.get(name) for name in chosen} == chosen
    lines = ["Child seat, 2 × 3 days × $18", "Full cover, 3 days × $50", "Additional driver", "Late", "To be paid now", "To be paid by"]
    assert [line for line in lines if line not in answer.text] == []
    wrong = await http.post(f"/cars/{car.slug}/checkout", data=filled(answer.text, email="nobody", **chosen))
    assert wrong.status_code == 422
    assert {name: Form(wrong.text).fields.get(name) for name in chosen} == chosen
    good = await http.post(f"/cars/{car.slug}/checkout", data=filled(wrong.text, email=f"{uuid4().hex}@example.com", **chosen))
    assert good.status_code == 303, good.text[:300]
    kept = await build.rows(
        """select b.waiver, b.additional_drivers, b.due_later > 0, e.quantity from bookings b join booking_extras e on e.booking_id = b.id
           where b.car_id = $1""",
        car.id,
    )
    assert kept == [("full", 1, True, 2)]


async def test_the_button_names_what_is_due_now(http: httpx.AsyncClient, build: Build, seat: str) -> None:
    car = await rich_car(build, seat)
    fields = {"start": str(DAYS.start), "end": str(DAYS.end), "part_payment": "true"}
    price = (await http.post(f"/cars/{car.slug}/checkout/price", data=fields)).text
    total, now = (re.search(pattern, price) for pattern in (r'data-price="([\d.]+)"', r"Pay \$([\d,.]+) with PayPal"))
    assert total
    assert now
    assert Decimal(now[1].replace(",", "")) == (Decimal(total[1]) * 30 / 100).quantize(Decimal("0.01"))


async def test_what_cannot_be_had_is_left_out_of_the_price_and_told(http: httpx.AsyncClient, build: Build, seat: str) -> None:
    car = await rich_car(build, seat)
    fields = {"start": str(DAYS.start), "end": str(DAYS.end), "extras.no-such": "1", f"extras.{seat}": "1", "birth_date": "soon"}
    answer = await http.post(f"/cars/{car.slug}/checkout/price", data=fields)
    assert answer.status_code == 200
    assert "This is no longer offered. Please take it off." in answer.text
    assert "Child seat, 3 days × $18" in answer.text


async def test_an_extra_that_is_out_says_so_at_its_field(visitor: NewVisitor, build: Build, seat: str) -> None:
    car, other = await rich_car(build, seat, stock=1), await rich_car(build, seat, stock=1)
    http = visitor()
    before = await page_of(http, car)
    await build.held(other, DAYS, extras={seat: 1})
    refused = await http.post(f"/cars/{car.slug}/checkout", data=filled(before, waiver="standard", **{f"extras.{seat}": "1"}))
    assert refused.status_code == 409, "the price of the extra was not promised yet"
    refused = await http.post(f"/cars/{car.slug}/checkout", data=filled(refused.text, **{f"extras.{seat}": "1"}))
    assert refused.status_code == 422
    assert f'href="#extras-{seat}"' in refused.text
    assert "None is left on these days: Child seat." in refused.text
    assert "None is left on these days." in await page_of(http, car)


async def test_two_renters_at_once_never_take_the_last_piece_both(visitor: NewVisitor, build: Build, seat: str) -> None:
    cars = [await rich_car(build, seat, stock=1) for _ in range(6)]
    renters, forms = [visitor() for _ in cars], []
    for http, car in zip(renters, cars, strict=True):
        asked = filled(await page_of(http, car), **{f"extras.{seat}": "1"})
        priced = await http.post(f"/cars/{car.slug}/checkout", data=asked | {"reprice": "1"})
        forms.append(filled(priced.text, email=f"{uuid4().hex}@example.com", **{f"extras.{seat}": "1"}))
    answers = await asyncio.gather(
        *(http.post(f"/cars/{car.slug}/checkout", data=form) for http, car, form in zip(renters, cars, forms, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [303, *[422] * 5]
    assert await build.value("select sum(quantity) from booking_extras where code = $1", seat) == 1


async def test_an_address_abroad_is_chosen_where_our_zones_lie_abroad(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    near, abroad = Area("US", city="Miami"), Area("MC")
    await new_rules(
        build.doors,
        Delivery(name="City", code="city", areas=(near,), amount=Decimal(90), car_id=car.id, **DOLLARS),
        Delivery(name="Riviera", code="riviera", areas=(abroad,), amount=Decimal(400), car_id=car.id, **DOLLARS),
    )
    page = await page_of(http, car)
    select = page[page.index('<select class="input" id="pickup_address_country"') :].partition("</select>")[0]
    assert re.findall(r'<option value="(\w\w)"[^>]*>([^<]+)', select) == [("US", "United States"), ("MC", "Monaco")]
    home = {"pickup_location_id": "address", "pickup_address_line1": "1 Quai", "pickup_address_city": "Monaco"}
    home |= {"pickup_address_country": "MC", "dropoff_location_id": str(car.location_id)}
    priced = await http.post(f"/cars/{car.slug}/checkout", data=filled(page, **home) | {"reprice": "1"})
    assert "$400.00" in priced.text
    assert '<option value="MC" selected>' in priced.text
    held = await http.post(f"/cars/{car.slug}/checkout", data=filled(priced.text, **home))
    assert held.status_code == 303, held.text[:500]
    kept = "select m.country, m.fee from booking_locations m join bookings b on b.id = m.booking_id where b.car_id = $1"
    assert await build.rows(f"{kept} order by m.type desc", car.id) == [("MC", 400), ("US", 0)]


async def test_limits_are_told_in_the_calendar_and_the_quote(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(20, 2)
    holidays = Season(name="Holidays", amount=Decimal(1500), minimum_days=3, first=days.start, last=days.end, car_id=car.id, **DOLLARS)
    await new_rules(build.doors, holidays, Notice(name="Notice", hours=48, car_id=car.id))
    calendar = (await http.get(f"/cars/{car.slug}/calendar", params={"month": str(days.start)})).text
    assert "Holidays" in calendar
    assert "3 days at least" in calendar
    assert "Book 48 hours before the pick-up at the latest." in calendar
    assert "$1,500" in calendar[calendar.index(f'data-date="{days.start}"') :].partition("</button>")[0]
    this_month = (await http.get(f"/cars/{car.slug}/calendar")).text
    today = this_month[this_month.index(f'data-date="{days_ahead(0).start}"') :].partition("</button>")[0]
    assert "too soon to book" in today
    quote = (await http.get(f"/cars/{car.slug}/quote", params={"start": str(days.start), "end": str(days.end)})).text
    assert "These days are rented for 3 days at least." in quote
    found = (await http.get("/availability", params={"car_id": str(car.id), "start": str(days.start), "end": str(days.end)})).json()
    assert ([one["code"] for one in found["obstacles"]], found["minimum_days"], found["days"][0]["price"]) == (["too_short"], 3, "1500.00")


async def test_every_line_has_its_reason_behind_why_this_price(http: httpx.AsyncClient, build: Build, seat: str) -> None:
    car = await rich_car(build, seat)
    for path in (f"/cars/{car.slug}/quote", f"/cars/{car.slug}/checkout"):
        page = (await http.get(path, params={"start": str(DAYS.start), "end": str(DAYS.end)})).text
        assert "Why this price?" in page
        assert "The car&#39;s price for each day" in page or "The car's price for each day" in page


async def test_the_private_page_and_the_receipt_tell_what_was_chosen_and_what_is_still_due(
    visitor: NewVisitor, build: Build, seat: str
) -> None:
    made = await build.paid(await rich_car(build, seat), DAYS, extras={seat: 2}, waiver="full", part_payment=True)
    http = as_holder(visitor(), made)
    page, receipt = [(await http.get(f"/booking/{made.reference}{path}")).text for path in ("", "/receipt")]
    told = [
        "Child seat, 2 × 3 days × $18",
        "Full cover, 3 days × $50",
        "To be paid by",
        "Of a damage that is covered you bear $500 at most.",
    ]
    assert [words for words in told if words not in page or words not in receipt] == []
    assert "Why this price?" in page
    assert "You chose this cover." in page
    assert "Why this price?" not in receipt


async def test_an_unpaid_booking_names_the_part_that_is_due_now(visitor: NewVisitor, build: Build, seat: str) -> None:
    made = await build.held(await rich_car(build, seat), DAYS, part_payment=True)
    page = (await as_holder(visitor(), made).get(f"/booking/{made.reference}")).text
    assert f"Pay ${made.held.due_now.amount:,} with PayPal" in page
