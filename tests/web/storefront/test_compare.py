"""Cars side by side, over HTTP."""

import re
from decimal import Decimal

import httpx
import pytest

from exodrive.pricing.kinds import Distance, Season
from exodrive.web.storefront.compare import slugs_of
from tests.builders import Build, days_ahead
from tests.garage import new_rules


@pytest.mark.parametrize(
    ("values", "slugs"),
    [
        ([], []),
        (["a,b"], ["a", "b"]),
        (["a", "b"], ["a", "b"]),
        (["b, a", "b", ""], ["b", "a"]),
        (["a,b,c,d,e"], ["a", "b", "c", "d"]),
    ],
)
def test_cars_are_named_together_or_one_by_one(values: list[str], slugs: list[str]) -> None:
    assert slugs_of(values) == slugs


def line(page: str, name: str) -> str:
    """The line of the table with this name, as text."""
    found = next(row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f"{name}<" in row)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


async def test_a_line_says_in_words_and_by_a_sign_that_the_cars_differ(http: httpx.AsyncClient, build: Build) -> None:
    one, two = await build.car(name="One", seats=2, year=2025), await build.car(name="Two", seats=5, year=2025)
    page = (await http.get(f"/compare?cars={two.slug},{one.slug}")).text
    assert page.index(f"/cars/{two.slug}") < page.index(f"/cars/{one.slug}")
    assert line(page, "Seats") == "≠ Seats (differs) 5 2"
    assert line(page, "Year") == "Year 2025 2025"


async def test_with_days_the_whole_price_and_freedom_are_compared(http: httpx.AsyncClient, build: Build) -> None:
    days = days_ahead(25, 2)
    free, taken = await build.car(), await build.car()
    await build.held(taken, days)
    page = (await http.get("/compare", params={"cars": f"{free.slug},{taken.slug}", "start": str(days.start), "end": str(days.end)})).text
    assert line(page, "On these days") == "≠ On these days (differs) Free Taken on these days"
    assert line(page, "Price in all").count("$") == 2
    assert f"/cars/{free.slug}?start={days.start}&amp;end={days.end}" in page


async def test_driving_and_the_shortest_rental_are_compared_as_the_rules_have_them(http: httpx.AsyncClient, build: Build) -> None:
    days = days_ahead(25, 2)
    one, two = [await build.car(included_distance_per_day=120) for _ in range(2)]
    fair = {"first": days.start, "last": days.end, "car_id": one.id}
    await new_rules(
        build.doors,
        Distance(name="Fair", per_day=40, amount=Decimal(5), currency="USD", **fair),
        Season(name="Fair", minimum_days=2, **fair),
    )
    cars = {"cars": f"{one.slug},{two.slug}"}
    page = (await http.get("/compare", params=cars | {"start": str(days.start), "end": str(days.end)})).text
    assert line(page, "Driving") == "≠ Driving (differs) 80 mi included, then $5.00 per mi 240 mi included"
    assert line(page, "Rented for at least") == "≠ Rented for at least (differs) 2 days 1 day"
    page = (await http.get("/compare", params=cars)).text
    assert "40 mi a day included, then $5.00 per mi" in line(page, "Driving")
    assert re.search(r"1 day; Fair, .*: 2 days", line(page, "Rented for at least"))


async def test_of_three_cars_each_can_be_left_out(http: httpx.AsyncClient, build: Build) -> None:
    a, b, c = [(await build.car()).slug for _ in range(3)]
    page = (await http.get("/compare", params={"cars": [a, b, c]})).text
    assert [f'href="/compare?cars={pair}"' in page for pair in (f"{b},{c}", f"{a},{c}", f"{a},{b}")] == [True] * 3


async def test_in_another_currency_the_same_cars_are_compared(http: httpx.AsyncClient, build: Build) -> None:
    one, two = [(await build.car()).slug for _ in range(2)]
    page = (await http.get(f"/compare?cars={one}&cars={two}")).text
    assert f'<input type="hidden" name="cars" value="{one},{two}">' in page.partition("<ex-currency")[2]


@pytest.mark.parametrize("cars", ["", "nobody", "nobody,nothing", "<script>,'"])
async def test_fewer_than_two_cars_are_asked_for_in_words(http: httpx.AsyncClient, cars: str) -> None:
    page = await http.get("/compare", params={"cars": cars})
    assert page.status_code == 200
    assert "Choose two to four cars" in page.text


async def test_hidden_cars_are_not_compared(http: httpx.AsyncClient, build: Build) -> None:
    shown, hidden = await build.car(), await build.car(hidden=True)
    assert "Choose two to four cars" in (await http.get(f"/compare?cars={shown.slug},{hidden.slug}")).text


async def test_a_comparison_is_for_people_and_not_for_search_engines(http: httpx.AsyncClient, build: Build) -> None:
    cars = ",".join([(await build.car()).slug for _ in range(2)])
    for path in ("/compare", f"/compare?cars={cars}"):
        page = (await http.get(path)).text
        assert '<meta name="robots" content="noindex">' in page
        assert 'rel="canonical"' not in page
