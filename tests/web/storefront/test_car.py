"""A car's page, its calendar and its price over HTTP."""

import re
from datetime import timedelta
from decimal import Decimal

import httpx

from exodrive.pricing.kinds import Distance
from tests.builders import Build, days_ahead
from tests.garage import insert, new_rules


async def test_an_unknown_or_hidden_car_is_not_there(http: httpx.AsyncClient, build: Build) -> None:
    hidden, days = await build.car(hidden=True), days_ahead(5)
    for slug in ("no-such-car", hidden.slug):
        for path in ("", "/calendar", "/quote", "/checkout"):
            answer = await http.get(f"/cars/{slug}{path}?start={days.start}&end={days.end}")
            assert answer.status_code == 404, path
        price = await http.post(f"/cars/{slug}/checkout/price", data={"start": str(days.start), "end": str(days.end)})
        assert price.status_code == 404


async def test_the_calendar_tells_price_and_reason_of_each_day(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(25, 1)
    await build.held(car, days)
    page = (await http.get(f"/cars/{car.slug}/calendar", params={"month": days.start.isoformat()})).text
    cell = page[page.index(f'data-date="{days.start}"') :].partition("</button>")[0]
    assert 'aria-disabled="true"' in cell
    assert "on hold" in cell
    assert "$1,000" in page


async def test_each_day_of_a_full_weekend_says_what_all_three_cost(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(price={"weekend_price": 2400})
    first = days_ahead(40).start
    friday = first + timedelta(days=(4 - first.weekday()) % 7)
    page = (await http.get(f"/cars/{car.slug}/calendar", params={"month": friday.isoformat()})).text
    for number in range(-1, 4):
        found = re.search(f'<button class="([^"]*)"[^>]*data-date="{friday + timedelta(days=number)}".*?</button>', page)
        if found is None:  # in the month after those shown
            continue
        is_weekend = 0 <= number < 3
        assert ("weekend" in found[1], "Friday to Sunday together $2,400" in found[0]) == (is_weekend, is_weekend), number
        assert ('class="together"' in found[0]) == (number == 1)
    assert "Shaded: a full Friday, Saturday and Sunday" in page
    plain = await build.car()
    assert "Shaded" not in (await http.get(f"/cars/{plain.slug}/calendar")).text


async def test_another_currency_is_one_of_the_address_and_shared_like_any_page(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(10, 3)
    chosen = {"start": days.start.isoformat(), "end": days.end.isoformat()}
    plain = await http.get(f"/cars/{car.slug}", params=chosen)
    euros = await http.get(f"/cars/{car.slug}", params=chosen | {"currency": "EUR"})
    assert ("about €920" in plain.text, "about €920" in euros.text) == (False, True)
    assert "currency=EUR" not in plain.text
    assert f"/cars/{car.slug}/checkout?start={days.start}&amp;end={days.end}&amp;currency=EUR" in euros.text
    assert '<input type="hidden" name="start"' in euros.text.partition("<ex-currency")[2]
    kept = ("cache-control", "vary")
    assert [plain.headers[name] for name in kept] == [euros.headers[name] for name in kept]
    assert not {"set-cookie"} & {*plain.headers, *euros.headers}
    fleet = [(await http.get("/cars", params={"currency": code})).text for code in ("EUR", "JPY", "USD")]
    assert ["about €" in fleet[0], "about ¥" in fleet[1], 'class="about"' in fleet[2]] == [True, True, False]
    strange = await http.get(f"/cars/{car.slug}", params=chosen | {"currency": "<script>"})
    assert ("&amp;currency=" in strange.text, 'class="about"' in strange.text) == (False, False)
    assert "<script>" not in strange.text.partition("<main")[2]


async def test_the_quote_adds_up_line_by_line(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(fees=[{"name": "Preparation", "amount": 90, "per": "rental"}]), days_ahead(10, 3)
    page = (await http.get(f"/cars/{car.slug}/quote", params={"start": days.start.isoformat(), "end": days.end.isoformat()})).text
    assert [amount in page for amount in ("$90.00", "Total, tax included", "held near your pick-up, not charged")] == [True] * 3
    assert f"/cars/{car.slug}/checkout?start={days.start}&amp;end={days.end}" in page


async def test_the_page_and_the_price_say_the_same_of_driving(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(included_distance_per_day=None), days_ahead(10, 3)
    chosen = {"start": days.start.isoformat(), "end": days.end.isoformat()}
    assert "a day included" not in (await http.get(f"/cars/{car.slug}")).text
    other = await build.car(included_distance_per_day=500, price_per_extra_distance=2)
    await new_rules(build.doors, Distance(name="Near", per_day=60, amount=Decimal("4.5"), currency="USD", car_id=other.id))
    page = (await http.get(f"/cars/{other.slug}", params=chosen)).text
    assert "60 mi a day included, then $4.50 per mi" in page
    assert "180 mi included, then $4.50 per mi" in page
    assert "500" not in page.partition('id="needs"')[2].partition("</section>")[0]


async def test_taken_days_offer_the_nearest_free_ones(http: httpx.AsyncClient, build: Build) -> None:
    car, days = await build.car(), days_ahead(30, 2)
    await build.held(car, days)
    page = (await http.get(f"/cars/{car.slug}/quote", params={"start": days.start.isoformat(), "end": days.end.isoformat()})).text
    assert "The car is not free on all of these days." in page
    assert "Nearest free days" in page
    assert "/checkout" not in page


async def test_bad_days_are_explained_and_never_an_error(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    for query in (
        "start=x&end=y",
        "start=2027-01-05",
        "end=2027-01-05",
        "start=2027-01-06&end=2027-01-05",
        "start=1999-01-01&end=1999-01-02",
    ):
        answer = await http.get(f"/cars/{car.slug}/quote?{query}")
        assert (answer.status_code, "notice warn" in answer.text) == (200, True), query
        assert (await http.get(f"/cars/{car.slug}?{query}")).status_code == 200
    for month in ("x", "0000-00-00", "9999-12-31", "0001-01-01"):
        assert (await http.get(f"/cars/{car.slug}/calendar?month={month}")).status_code == 200, month


async def test_an_operators_words_are_never_markup(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(name="<b>Bold</b>", description="<img src=x onerror=alert(1)>")
    async with build.doors.service().scope() as db:
        await insert(db, "car_features", id=car.location_id, car_id=car.id, name="<script>alert(1)</script>")
    page = (await http.get(f"/cars/{car.slug}")).text
    assert "<b>Bold</b>" not in page
    assert "<img src=x" not in page
    assert "<script>alert" not in page
