"""Finding a car in the fleet."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from exodrive.fleet.model import Transmission
from exodrive.kit.days import Days
from exodrive.kit.ids import new_id
from exodrive.overview.shop import Facet, Key, Per, Sort, Wanted, cards, handle, search, words_of
from tests.garage import insert, new_car, new_place
from tests.overview.conftest import NOW

AHEAD = Days(date(2026, 9, 1), date(2026, 9, 3))
REACH = {"furthest_day_days": 540, "longest_rental_days": 30}


async def find(shop, page=24, **wanted):
    async with shop.anon().scope() as db:
        return await search(db, Wanted(**wanted), now=NOW, **REACH, page=page)


async def slugs(shop, **wanted):
    return [card.slug for card in (await find(shop, **wanted)).cards]


@pytest.fixture
def category():
    """A category that no other test uses, as its operator writes it and as an address does."""
    name = f"Test {uuid4().hex}"
    return name, frozenset({handle(name)})


async def feature(shop, car, name, **more):
    async with shop.service().scope() as db:
        await insert(db, "car_features", id=new_id(), car_id=car.id, name=name, **more)


async def take(shop, car, *days):
    async with shop.service().scope() as db:
        for day in days:
            await insert(db, "car_availability", car_id=car.id, date=day, status="maintenance")


async def test_without_wishes_the_whole_fleet_is_found_in_the_operators_order(shop):
    found = await find(shop, page=1000)
    async with shop.anon().scope() as db:
        assert {card.slug for card in found.cards} == {card.slug for card in await cards(db)}
    assert [card.slug for card in found.cards if not card.slug.startswith("car-")][:3] == ["averno-v10", "calvane-gt", "lumira-e"]
    assert (found.total, found.free, found.nearest, found.after) == (found.fleet, 0, (), None)


async def test_a_found_card_says_the_same_as_one_of_the_whole_fleet(shop):
    found = {card.slug: card for card in (await find(shop, days=AHEAD, page=1000)).cards}
    async with shop.anon().scope() as db:
        for card in await cards(db, AHEAD):
            other = found[card.slug]
            assert all(getattr(card, name) == getattr(other, name) for name in card.__struct_fields__ if name != "nearest")


async def test_each_wish_narrows_what_is_found(shop, category):
    name, only = category
    place = await new_place(shop, name=f"Harbour {uuid4().hex}")
    big = await new_car(shop, category=name, seats=5, transmission="automatic", price={"base_price": Decimal(300)}, home_location_id=place)
    small = await new_car(shop, category=name, seats=2, transmission="manual", price={"base_price": Decimal(900)})
    await feature(shop, big, "Towing hitch, 7,700 lb")
    async with shop.anon().scope() as db:
        harbour = await db.fetchval("select name from locations where id = $1", place)
    both, one, other = [big.slug, small.slug], [big.slug], [small.slug]
    assert sorted(await slugs(shop, categories=only)) == sorted(both)
    assert await slugs(shop, categories=only, seats=4) == one
    assert await slugs(shop, categories=only, transmission=Transmission.MANUAL) == other
    assert await slugs(shop, categories=only, highest=Decimal(300)) == one
    assert await slugs(shop, categories=only, features=frozenset({"towing-hitch-7-700-lb"})) == one
    assert await slugs(shop, places=frozenset({handle(harbour)})) == one


async def test_a_limit_on_the_whole_price_is_compared_with_the_whole_price(shop, category):
    name, only = category
    car = await new_car(shop, category=name, price={"base_price": Decimal(100)}, fees=[{"name": "Cleaning", "amount": Decimal(500)}])
    total = (await find(shop, categories=only, days=AHEAD)).cards[0].price.total
    assert total > 800
    asked = {"categories": only, "days": AHEAD, "per": Per.TOTAL}
    assert await slugs(shop, **asked, highest=total) == [car.slug]
    assert await slugs(shop, **asked, highest=total - Decimal("0.01")) == []
    assert await slugs(shop, **(asked | {"per": Per.DAY}), highest=Decimal(100)) == [car.slug]


async def test_free_cars_come_first_and_taken_ones_tell_their_nearest_free_days(shop, category):
    name, only = category
    taken, free = await new_car(shop, category=name, sort_order=1), await new_car(shop, category=name, sort_order=2)
    await take(shop, taken, date(2026, 9, 2))
    found = await find(shop, categories=only, days=AHEAD)
    assert [card.slug for card in found.cards] == [free.slug, taken.slug]
    assert (found.total, found.free, found.nearest) == (2, 1, ())
    assert found.cards[0].nearest == ()
    assert found.cards[1].nearest[0] == Days(date(2026, 9, 3), date(2026, 9, 5))


async def test_when_no_car_is_free_the_nearest_days_of_any_are_offered(shop, category):
    name, only = category
    first, second = await new_car(shop, category=name), await new_car(shop, category=name)
    await take(shop, first, *(date(2026, 8, 20) + timedelta(days=n) for n in range(40)))
    await take(shop, second, date(2026, 9, 1))
    found = await find(shop, categories=only, days=AHEAD)
    assert (found.total, found.free) == (2, 0)
    assert found.nearest[0] == Days(date(2026, 9, 2), date(2026, 9, 4))


async def test_days_that_have_passed_are_not_offered(shop, category):
    name, only = category
    car = await new_car(shop, category=name)
    await take(shop, car, date(2026, 6, 4))
    found = await find(shop, categories=only, days=Days(date(2026, 6, 4), date(2026, 6, 5)))
    assert found.nearest
    assert all(near.start >= date(2026, 6, 3) for near in found.nearest)


async def test_a_rental_that_is_too_short_is_told_the_nearest_that_is_long_enough(shop, category):
    name, only = category
    car = await new_car(shop, category=name, price={"minimum_days": 7})
    assert (await find(shop, categories=only, days=AHEAD)).nearest[0] == Days(date(2026, 9, 1), date(2026, 9, 7))
    await take(shop, car, date(2026, 9, 2))
    found = await find(shop, categories=only, days=AHEAD)
    assert (found.free, found.nearest[0]) == (0, Days(date(2026, 9, 3), date(2026, 9, 9)))
    assert found.cards[0].nearest == found.nearest
    far = [await new_car(shop, category=name, sort_order=999, available=False) for _ in range(2)]
    assert [card.nearest for card in (await find(shop, categories=only, days=AHEAD)).cards if card.slug in {car.slug for car in far}] == [
        (),
        (),
    ]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.RECOMMENDED, ["b", "c", "a"]),
        (Sort.PRICE_UP, ["c", "a", "b"]),
        (Sort.PRICE_DOWN, ["b", "a", "c"]),
        (Sort.NEWEST, ["a", "b", "c"]),
    ],
)
async def test_the_order_is_the_one_asked_for(shop, category, sort, order):
    name, only = category
    facts = {"a": (3, 200, 2026), "b": (1, 300, 2025), "c": (2, 100, None)}
    made = {
        (await new_car(shop, category=name, sort_order=number, year=year, price={"base_price": Decimal(price)})).slug: letter
        for letter, (number, price, year) in facts.items()
    }
    assert [made[slug] for slug in await slugs(shop, categories=only, sort=sort)] == order


@pytest.mark.parametrize("sort", Sort)
async def test_pages_follow_each_other_by_key_though_a_car_of_the_first_has_left(shop, category, sort):
    name, only = category
    made = [
        await new_car(shop, category=name, sort_order=n, price={"base_price": Decimal(100 + n % 3)}, year=2020 + n % 2) for n in range(7)
    ]
    await take(shop, made[3], AHEAD.start)
    asked = {"categories": only, "days": AHEAD, "sort": sort}
    whole = await slugs(shop, **asked)
    first = await find(shop, page=3, **asked)
    async with shop.service().scope() as db:
        await db.execute("update cars set hidden = true where slug = $1", first.cards[2].slug)
    second = await find(shop, page=3, after=first.after, **asked)
    third = await find(shop, page=3, after=Key.read(str(second.after)), **asked)
    assert [card.slug for page in (first, second, third) for card in page.cards] == whole
    assert (first.total, second.total, third.after) == (7, 6, None)


async def test_choices_count_what_they_would_find_beside_all_else(shop):
    mark = uuid4().hex
    one, two = f"One {mark}", f"Two {mark}"
    for category, seats, transmission in ((one, 5, "manual"), (one, 2, "automatic"), (two, 5, "manual")):
        car = await new_car(shop, category=category, seats=seats, transmission=transmission, short_description=mark)
        await feature(shop, car, f"Rare {mark}" if seats == 2 else f"Shared {mark}")
    found = await find(shop, words=(mark,), seats=4, categories=frozenset({handle(one)}))
    counts = {facet: {choice.value: choice.count for choice in choices} for facet, choices in found.choices.items()}
    assert found.total == 1
    assert (counts[Facet.CATEGORY][handle(one)], counts[Facet.CATEGORY][handle(two)]) == (1, 1)
    assert (counts[Facet.SEATS]["3"], counts[Facet.SEATS]["5"]) == (1, 1)
    assert counts[Facet.TRANSMISSION] == {"manual": 1, "automatic": 0}
    assert counts[Facet.FEATURE].get(handle(f"Rare {mark}")) is None


async def test_an_empty_result_tells_what_fits_when_one_wish_is_given_up(shop, category):
    name, only = category
    await new_car(shop, category=name, seats=2, transmission="manual")
    found = await find(shop, categories=only, seats=5, transmission=Transmission.MANUAL)
    assert found.total == 0
    assert found.without[Facet.SEATS] == 1
    assert found.without.get(Facet.TRANSMISSION, 0) == 0


@pytest.mark.parametrize("typed", ["coupé", "COUPE", "coup", "citroen", "Citroën", "lodz", "strasse"])
async def test_words_are_found_by_their_beginning_and_without_accents(shop, typed):
    car = await new_car(shop, name="Citroën Coupé", short_description="From Łódź by the Straße")
    assert car.slug in await slugs(shop, words=words_of(typed), page=1000)


async def test_all_words_are_wanted_each_in_the_name_the_category_or_a_feature(shop):
    mark = uuid4().hex
    car = await new_car(shop, name=f"Alpha{mark}", category="Grand tourer")
    await feature(shop, car, "Massage seats", description="Warm stones")
    assert await slugs(shop, words=(f"alpha{mark}", "grand", "massage", "stones")) == [car.slug]
    assert await slugs(shop, words=(f"alpha{mark}", "trailer")) == []


@pytest.mark.parametrize("typed", ["'", "a'b", "\\", ":*", "a & | !b", "-", "<->", "(", "%", "_", "'; drop table cars; --", "⑴", "½", "İ"])
async def test_signs_mean_nothing_to_the_search(shop, typed):
    found = await find(shop, words=words_of(typed))
    assert found.total <= found.fleet


async def round_trips(shop, **wanted):
    async with shop.anon().scope() as db:
        asked = []
        db.add_query_logger(lambda record: asked.append(record.query))
        await search(db, Wanted(**wanted), now=NOW, **REACH)
    return len([text for text in asked if text.lstrip().startswith("select")])


async def test_a_page_takes_one_round_trip_and_two_when_a_car_of_it_is_far_down_the_fleet(shop, category):
    name, only = category
    car = await new_car(shop, category=name, sort_order=-9)
    assert [await round_trips(shop, categories=only, days=days) for days in (None, AHEAD)] == [1, 1]
    await take(shop, car, AHEAD.start)
    assert await round_trips(shop, categories=only, days=AHEAD) == 1
    far = [await new_car(shop, category=name, sort_order=999) for _ in range(24)][-1]
    await take(shop, far, AHEAD.start)
    assert [await round_trips(shop, categories=only, days=days) for days in (None, AHEAD)] == [2, 2]
    found = {card.slug: card.nearest for card in (await find(shop, categories=only, days=AHEAD, page=99)).cards}
    assert found[car.slug] == found[far.slug] != ()


@pytest.mark.parametrize("text", ["", "1", "1_2_3", "x_1_2_slug", "1_NaN_2_slug", "1_Infinity_2_slug", "1_2_x_slug", "1_" + "9" * 9000])
def test_a_key_that_nobody_wrote_is_none(text):
    assert Key.read(text) is None


def test_a_key_reads_back_as_it_was_written():
    key = Key(1, Decimal("-1290.50"), 3, "averno-v10")
    assert Key.read(str(key)) == key
