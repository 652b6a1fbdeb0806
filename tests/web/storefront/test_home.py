"""The home page over HTTP: in staff's words, or in our own."""

from collections.abc import AsyncIterator

import httpx
import pytest

from exodrive.kit.ids import new_id
from exodrive.overview.home import Hero
from exodrive.web.storefront.home import banner_of
from tests import garage
from tests.builders import Build
from tests.web.storefront.conftest import NewVisitor

WRITTEN = Hero("New", "Two\nlines", "Below", "Go", "/cars", "", "", "picture")


@pytest.fixture
async def hero(build: Build) -> AsyncIterator[dict[str, str]]:
    """Staff wrote the top of the home page, with signs that mean something in HTML."""
    words = {
        "badge_text": "For <b>you</b>",
        "title": "Drive & smile\nall winter",
        "subtitle": "<script>alert(1)</script>",
        "primary_button_text": 'See "all"',
        "primary_button_link": '/cars?a=1&b="x"',
        "secondary_button_text": "Read",
        "secondary_button_link": "https://example.com/",
    }
    hero_id = new_id()
    async with build.doors.service().scope() as db:
        await garage.insert(db, "hero_content", id=hero_id, is_active=True, **words)
    yield words
    async with build.doors.service().scope() as db:
        await db.execute("delete from hero_content where id = $1", hero_id)


def test_without_words_of_staff_there_are_our_own() -> None:
    banner = banner_of(None)
    assert (banner.badge, banner.title, banner.buttons) == ("", ("Extraordinary cars,", "by the day"), ())
    assert banner.lead


def test_words_of_staff_take_their_place_and_a_button_needs_a_way() -> None:
    banner = banner_of(WRITTEN)
    assert (banner.badge, banner.title, banner.lead) == ("New", ("Two", "lines"), "Below")
    assert [(button.text, button.link) for button in banner.buttons] == [("Go", "/cars")]


async def test_words_of_staff_are_shown_as_text(visitor: NewVisitor, hero: dict[str, str]) -> None:
    page = (await visitor().get("/?staff")).text
    assert "Drive &amp; smile<br>all winter" in page
    assert "For &lt;b&gt;you&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert 'href="/cars?a=1&amp;b=&#34;x&#34;">See &#34;all&#34;</a>' in page
    assert 'href="https://example.com/">Read</a>' in page
    assert "Extraordinary cars,<br>" not in page


async def test_the_featured_car_of_the_settings_is_shown_first(visitor: NewVisitor, build: Build) -> None:
    car = await build.car(name="Solitaire")
    settings = new_id()
    async with build.doors.service().scope() as db:
        await db.execute("delete from homepage_settings")  # there is one at most, and staff in another test may have saved it
        await garage.insert(db, "homepage_settings", id=settings, featured_car_id=car.id)
    page = (await visitor().get("/?featured")).text
    async with build.doors.service().scope() as db:
        await db.execute("delete from homepage_settings where id = $1", settings)
    assert page.split('class="carcard')[1].count(car.slug) == 1


async def test_the_home_page_sets_no_cookie_and_answers_head(http: httpx.AsyncClient) -> None:
    page, head = await http.get("/"), await http.head("/")
    assert (page.status_code, head.status_code, head.content) == (200, 200, b"")
    assert "set-cookie" not in page.headers
