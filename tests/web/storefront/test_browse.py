"""Home and fleet over HTTP."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from exodrive.bookings.model import Rules
from exodrive.kit.days import Days
from exodrive.web.storefront.browse import search_of
from tests.builders import Build, days_ahead

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # still the 21st in the Americas
RULES = Rules()


def test_a_search_without_days_is_no_mistake() -> None:
    found = search_of({}, RULES, NOW)
    assert (found.days, found.error) == (None, "")


def test_a_day_is_over_when_it_is_over_everywhere() -> None:
    assert search_of({"start": "2026-11-21", "end": "2026-11-21"}, RULES, NOW).days == Days(date(2026, 11, 21), date(2026, 11, 21))
    assert "passed" in search_of({"start": "2026-11-20", "end": "2026-11-21"}, RULES, NOW).error


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-12-03", "2026-12-01"),
        ("2026-12-01", ""),
        ("", "2026-12-01"),
        ("tomorrow", "2026-12-01"),
        ("2026-02-30", "2026-03-01"),
        ("2026-12-01", "2027-06-01"),
        ("2029-12-01", "2029-12-02"),
    ],
)
def test_days_that_cannot_be_become_a_sentence(start: str, end: str) -> None:
    found = search_of({"start": start, "end": end}, RULES, NOW)
    assert found.days is None
    assert found.error.endswith(".")


@pytest.mark.parametrize("path", ["/", "/cars", "/policies", "/policies/terms"])
async def test_public_pages_set_no_cookie_and_answer_head(http: httpx.AsyncClient, path: str) -> None:
    page, head = await http.get(path), await http.head(path)
    assert (page.status_code, head.status_code) == (200, 200)
    assert "set-cookie" not in page.headers
    assert not head.content


async def test_a_card_shows_the_whole_price_of_the_days_in_the_address(http: httpx.AsyncClient, build: Build) -> None:
    name, days = uuid4().hex, days_ahead(20, 3)
    car = await build.car(name=name)
    page = (await http.get("/cars", params={"q": name, "start": days.start.isoformat(), "end": days.end.isoformat()})).text
    assert f"/cars/{car.slug}?start={days.start}&amp;end={days.end}" in page
    assert "$3,210" in page


async def test_free_cars_come_before_taken_ones(http: httpx.AsyncClient, build: Build) -> None:
    name, days = uuid4().hex, days_ahead(60, 2)
    taken, free = await build.car(name=name, sort_order=-2), await build.car(name=name, sort_order=-1)
    await build.held(taken, days)
    page = (await http.get("/cars", params={"q": name, "start": days.start.isoformat(), "end": days.end.isoformat()})).text
    assert page.index(free.slug) < page.index(taken.slug)
    assert "Taken on these days" in page


async def test_a_kept_page_is_the_same_for_everybody(http: httpx.AsyncClient, build: Build) -> None:
    """A cache in front may share it: its policy believes no nonce, so that one that stands in the page is worth nothing."""
    car = await build.car()
    first, second = await http.get(f"/cars/{car.slug}"), await http.get(f"/cars/{car.slug}")
    assert "@@nonce@@" not in first.text
    assert "nonce" not in first.headers["content-security-policy"]
    assert (first.content, first.headers["content-security-policy"]) == (second.content, second.headers["content-security-policy"])


async def test_what_is_searched_for_is_never_markup(http: httpx.AsyncClient) -> None:
    page = await http.get("/cars", params={"start": "<script>alert(1)</script>", "end": "2026-12-01"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


async def test_a_leap_day_far_ahead_is_refused_in_words(http: httpx.AsyncClient) -> None:
    far = (datetime.now(UTC) + timedelta(days=900)).date()
    page = await http.get("/cars", params={"start": far.isoformat(), "end": far.isoformat()})
    assert page.status_code == 200
    assert "You can book until" in page.text
