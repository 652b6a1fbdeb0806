"""What the home page shows, in a database where nobody else decides about it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from exodrive.kit.db import Doors
from exodrive.kit.ids import new_id
from exodrive.overview.home import home
from exodrive.overview.shop import cards
from tests import servers as embedded
from tests.garage import insert, new_car

PICTURE = {"alt": "x", "width": 1280, "height": 720}


@pytest.fixture
async def doors(servers, worker_number) -> AsyncIterator[Doors]:
    """A company without a car."""
    database = await embedded.make_database(servers, f"exodrive_home{worker_number}")
    doors = await Doors.open(**{login: database.url(login) for login in ("web", "worker")}, pooler=database.servers.pooler, size=2)
    yield doors
    await doors.close()
    await embedded.drop_database(database)


async def look(doors):
    async with doors.anon().scope() as db:
        return await home(db)


async def write(doors, table, **columns):
    async with doors.service().scope() as db:
        await insert(db, table, id=new_id(), **columns)


async def pictured(doors, view, path, **changes):
    car = await new_car(doors, **changes)
    await write(doors, "car_images", car_id=car.id, view=view, path=path, **PICTURE)
    return car


async def test_an_empty_house_has_a_home_all_the_same(doors):
    found = await look(doors)
    assert (found.hero, found.background, found.closing, found.featured, found.fleet_size) == (None, None, None, (), 0)


async def test_without_a_choice_the_first_cars_are_shown(doors):
    made = [await new_car(doors, sort_order=number) for number in range(4)]
    await new_car(doors, hidden=True, sort_order=-1, featured=True)
    found = await look(doors)
    assert ([card.slug for card in found.featured], found.fleet_size) == ([car.slug for car in made[:3]], 4)


async def test_featured_cars_come_alone_and_the_one_of_the_settings_first(doors):
    first, second, other = [await new_car(doors, sort_order=number, featured=number < 2) for number in range(3)]
    assert [card.slug for card in (await look(doors)).featured] == [first.slug, second.slug]
    await write(doors, "homepage_settings", featured_car_id=other.id)
    assert [card.slug for card in (await look(doors)).featured] == [other.slug, first.slug, second.slug]


async def test_a_featured_car_that_is_hidden_is_not_shown(doors):
    shown, hidden = await new_car(doors), await new_car(doors, hidden=True)
    await write(doors, "homepage_settings", featured_car_id=hidden.id)
    assert [card.slug for card in (await look(doors)).featured] == [shown.slug]


async def test_a_card_says_the_same_at_home_as_in_the_fleet(shop):
    async with shop.anon().scope() as db:
        found = await home(db)
        fleet = {card.slug: card for card in await cards(db)}
    assert len(found.featured) == 3
    assert [fleet[card.slug] for card in found.featured] == list(found.featured)


async def test_behind_the_words_stands_the_leading_car_or_the_picture_staff_chose(doors):
    await pictured(doors, "front", "fleet/one", sort_order=1)
    other = await pictured(doors, "front", "fleet/two", sort_order=2)
    assert (await look(doors)).background.path == "fleet/one"
    await write(doors, "homepage_settings", featured_car_id=other.id)
    assert (await look(doors)).background.path == "fleet/two"
    await write(doors, "hero_content", title="Hello", background_src="fleet/one", is_active=True)
    assert (await look(doors)).background.path == "fleet/one"


@pytest.mark.parametrize(("kind", "source", "shown"), [("picture", "fleet/gone", "fleet/one"), ("none", "fleet/one", None)])
async def test_a_picture_that_is_gone_or_not_wanted(doors, kind, source, shown):
    await pictured(doors, "front", "fleet/one")
    await write(doors, "hero_content", title="Hello", background_type=kind, background_src=source, is_active=True)
    found = await look(doors)
    assert (found.background and found.background.path) == shown


async def test_only_the_active_words_are_shown_and_only_one_can_be(doors):
    await write(doors, "hero_content", title="Draft")
    assert (await look(doors)).hero is None
    await write(doors, "hero_content", title="Hello", subtitle="World", is_active=True)
    hero = (await look(doors)).hero
    assert (hero.title, hero.subtitle, hero.primary_button_link) == ("Hello", "World", "")
    with pytest.raises(asyncpg.UniqueViolationError):
        await write(doors, "hero_content", title="Second", is_active=True)


@pytest.mark.parametrize("link", ["/", "/cars", "/cars?start=2026-01-01#top", "https://example.com", "https://example.com/a?b=c"])
async def test_links_of_our_own_and_https_ones_are_taken(doors, link):
    await write(doors, "hero_content", title="x", primary_button_text="Go", primary_button_link=link, is_active=True)
    assert (await look(doors)).hero.primary_button_link == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/ ",
        "http://example.com",
        "https://",
        "https:///evil.example",
        "https://a b",
        "data:text/html,x",
        "cars",
        " /cars",
        "/cars\njavascript:alert(1)",
        "/cars\n",
    ],
)
async def test_any_other_link_is_refused(doors, link):
    for button in ("primary", "secondary"):
        with pytest.raises(asyncpg.CheckViolationError):
            await write(doors, "hero_content", title="x", **{f"{button}_button_text": "Go", f"{button}_button_link": link})


@pytest.mark.parametrize("button", [{"primary_button_text": "Go"}, {"secondary_button_link": "/cars"}])
async def test_a_button_has_both_words_and_a_way(doors, button):
    with pytest.raises(asyncpg.CheckViolationError):
        await write(doors, "hero_content", title="x", **button)


async def test_the_home_page_takes_one_round_trip(shop):
    async with shop.anon().scope() as db:
        asked = []
        db.add_query_logger(lambda record: asked.append(record.query))
        await home(db)
    assert len([text for text in asked if text.lstrip().startswith(("select", "with"))]) == 1
