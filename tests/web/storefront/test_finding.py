"""A search as an address and back, and what a page says of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest
from litestar.datastructures import MultiDict

from exodrive.bookings.model import Rules
from exodrive.fleet.model import Transmission
from exodrive.kit.days import ONE_DAY, Days
from exodrive.overview.shop import Choice, Facet, Found, Key, Per, Sort, Wanted
from exodrive.web.storefront.browse import search_of
from exodrive.web.storefront.finding import Asked, asked_of, chips_of, filters_of, relaxed_of
from tests.builders import Build, days_ahead

ADDRESS = (
    "start=2026-12-01&end=2026-12-03&q=Citro%C3%ABn+gt&seats=4&transmission=manual&max=450.5&per=total&sort=price-down"
    "&category=coupe&category=grand-tourer&place=harbour&feature=carbon-brakes"
)
DAYS = Days(date(2026, 12, 1), date(2026, 12, 3))
RULES = Rules()
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def read(address: str) -> Asked:
    query = MultiDict(parse_qsl(urlsplit(address).query or address))
    return asked_of(query, search_of(query, RULES, NOW).days)


def found(**changes: object) -> Found:
    values = {"cards": (), "total": 0, "free": 0, "fleet": 8, "currency": "USD", "choices": {}, "without": {}, "nearest": (), "after": None}
    empty = dict.fromkeys((Facet.CATEGORY, Facet.PLACE, Facet.SEATS, Facet.TRANSMISSION, Facet.FEATURE), ())
    return Found(**(values | {"choices": empty | changes.pop("choices", {})} | changes))  # type: ignore[arg-type, call-overload, operator]


def test_an_address_holds_the_whole_search() -> None:
    asked = read(ADDRESS)
    assert asked.wanted == Wanted(
        days=DAYS,
        words=("Citroen", "gt"),
        categories=frozenset({"coupe", "grand-tourer"}),
        places=frozenset({"harbour"}),
        features=frozenset({"carbon-brakes"}),
        transmission=Transmission.MANUAL,
        seats=4,
        highest=Decimal("450.5"),
        per=Per.TOTAL,
        sort=Sort.PRICE_DOWN,
    )
    assert asked.address() == f"/cars?{ADDRESS}"


def test_a_page_further_on_is_part_of_the_address_and_falls_away_with_any_change() -> None:
    asked = read(f"{ADDRESS}&after=1_-300.00_2_averno-v10")
    assert asked.wanted.after == Key(1, Decimal("-300.00"), 2, "averno-v10")
    assert "after" not in asked.address()


def test_other_days_keep_all_else() -> None:
    other = read(read(ADDRESS).on(Days(date(2026, 12, 5), date(2026, 12, 7))))
    assert other.wanted.days == Days(date(2026, 12, 5), date(2026, 12, 7))
    assert other.pairs()[2:] == read(ADDRESS).pairs()[2:]


def test_several_values_may_stand_together_or_one_by_one() -> None:
    assert read("category=coupe,grand-tourer&feature=a,").wanted == read("category=coupe&category=grand-tourer&feature=a").wanted


def test_one_of_several_values_can_be_given_up() -> None:
    assert read(read(ADDRESS).address(leave=[Facet.CATEGORY], value="coupe")).wanted.categories == {"grand-tourer"}
    assert read(read(ADDRESS).address(leave=[Facet.CATEGORY])).wanted.categories == frozenset()


@pytest.mark.parametrize(
    "nonsense",
    [
        "seats=many", "seats=-1", "seats=²", "max=free", "max=NaN", "max=-5", "max=1e99", "max=0.001", "per=week", "sort=best",
        "transmission=none", "after=x", "category=", "category=---", "q=%27%3A%2A", "feature=%00", "start=2026-12-01",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_not_asked_for(nonsense: str) -> None:
    assert read(nonsense).address() == "/cars"


def test_a_group_that_sets_nothing_apart_is_left_out_unless_it_was_chosen() -> None:
    one = found(choices={Facet.CATEGORY: (Choice("coupe", "Coupe", 3),)})
    assert filters_of(read(""), one) == ()
    assert [group.field for group in filters_of(read("category=coupe"), one)] == ["category"]


def test_each_chip_takes_its_own_wish_back() -> None:
    choices = {
        Facet.CATEGORY: (Choice("coupe", "Coupe", 1), Choice("grand-tourer", "Grand tourer", 1)),
        Facet.SEATS: (Choice("4", "4", 1),),
        Facet.TRANSMISSION: (Choice("manual", "manual", 1), Choice("automatic", "automatic", 1)),
    }
    chips = {chip.words: read(chip.address).pairs() for chip in chips_of(read(ADDRESS), found(choices=choices))}
    assert list(chips) == ["“Citroën gt”", "Coupe", "Grand tourer", "4 or more seats", "Manual", "Up to $450.50 in all"]
    whole = set(read(ADDRESS).pairs())
    assert whole - set(chips["Coupe"]) == {("category", "coupe")}
    assert whole - set(chips["Up to $450.50 in all"]) == {("max", "450.5"), ("per", "total")}


def test_an_empty_result_offers_what_finds_most_first_and_all_cars_last() -> None:
    links = relaxed_of(read(ADDRESS), found(without={Facet.SEATS: 1, Facet.PRICE: 3}))
    assert [link.words for link in links] == ["At any price: 3 cars", "With any number of seats: 1 car", "All 8 cars"]
    assert read(links[-1].address).pairs() == (("start", "2026-12-01"), ("end", "2026-12-03"), ("sort", "price-down"))


async def test_the_page_shows_what_fits_and_keeps_the_search_in_its_links(http: httpx.AsyncClient, build: Build) -> None:
    mark = uuid4().hex
    days = days_ahead(30, 2)
    free = await build.car(name=f"Free {mark}", seats=5)
    taken = await build.car(name=f"Taken {mark}", seats=5)
    await build.held(taken, days)
    page = (await http.get("/cars", params={"q": mark, "seats": 4, "start": str(days.start), "end": str(days.end)})).text
    assert page.index(free.slug) < page.index(taken.slug)
    assert f'href="/cars?start={days.end + ONE_DAY}&amp;end={days.end + 2 * ONE_DAY}&amp;q={mark}&amp;seats=4"' in page
    assert "4 or more seats" in page
    assert "Nearest free days:" in page


async def test_when_nothing_fits_the_page_offers_what_is_near(http: httpx.AsyncClient, build: Build) -> None:
    mark = uuid4().hex
    await build.car(name=mark, seats=2)
    page = (await http.get("/cars", params={"q": mark, "seats": 7})).text
    assert "No car fits all of this." in page
    assert "With any number of seats: 1 car" in page


async def test_when_none_is_free_the_nearest_days_are_offered_with_the_search_kept(http: httpx.AsyncClient, build: Build) -> None:
    mark, days = uuid4().hex, days_ahead(40, 2)
    await build.held(await build.car(name=mark), days)
    page = (await http.get("/cars", params={"q": mark, "start": str(days.start), "end": str(days.end)})).text
    assert "No car is free on these days." in page
    assert page.count(f"&amp;q={mark}") >= 3


async def test_typed_words_are_never_markup(http: httpx.AsyncClient) -> None:
    page = await http.get("/cars", params={"q": '"><script>alert(1)</script>', "category": "<b>", "after": "<i>"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
