"""Everything works without a pointer, and the calendar moves as its pattern says."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from exodrive.kit.days import Days
from tests.browser.test_pages import violations
from tests.product import Foreign, Stack
from tests.shop import IN_HAND, LAPTOP, NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser


async def focused_day(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.dataset.date ?? document.activeElement.outerHTML"))


async def tab_to(page: Page, selector: str, limit: int = 60) -> None:
    """Press Tab until something has the focus."""
    for _press in range(limit):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


async def test_the_arrows_walk_the_days(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    page, start = shop.page, car.days.start
    await page.goto(f"/cars/{car.slug}?month={start}")
    await shop.day(start).focus()
    for key, expected in (
        ("ArrowRight", start + timedelta(days=1)),
        ("ArrowDown", start + timedelta(days=8)),
        ("ArrowLeft", start + timedelta(days=7)),
        ("ArrowUp", start),
        ("Home", start - timedelta(days=2)),  # weeks begin on Sunday here, and the start is a Tuesday
        ("End", start + timedelta(days=4)),
    ):
        await page.keyboard.press(key)
        assert await focused_day(page) == expected.isoformat(), key
    assert await page.locator('.day[tabindex="0"]:visible').count() == 1


async def test_page_down_turns_the_month_and_keeps_the_focus(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    page, start = shop.page, car.days.start
    await page.goto(f"/cars/{car.slug}?month={start}")
    await shop.day(start).focus()
    await page.keyboard.press("PageDown")
    later = (start.replace(day=1) + timedelta(days=32)).replace(day=start.day)
    assert await focused_day(page) == later.isoformat()
    await page.keyboard.press("PageDown")  # beyond what is shown: the months are asked for
    latest = (later.replace(day=1) + timedelta(days=32)).replace(day=start.day)
    await expect(shop.day(latest)).to_be_focused()
    await page.keyboard.press("PageUp")
    await expect(shop.day(later)).to_be_focused()


async def test_turning_by_its_button_keeps_the_focus_on_it(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.page.goto(f"/cars/{car.slug}")
    later = shop.page.get_by_role("link", name="Later month")
    title = await shop.page.locator(".month h3").first.inner_text()
    await later.focus()
    await shop.page.keyboard.press("Enter")
    await expect(shop.page.locator(".month h3").first).not_to_have_text(title)
    await expect(later).to_be_focused()


async def test_a_range_across_a_taken_day_begins_anew(renter: NewRenter, car: ShownCar, stack: Stack) -> None:
    days = Days(car.days.start, car.days.start + timedelta(days=4))
    async with stack.doors.service().scope() as db:
        await db.execute(
            "insert into car_availability (car_id, date, status) values ($1, $2, 'maintenance')",
            car.made.id,
            days.start + timedelta(days=2),
        )
    shop = await renter()
    await shop.page.goto(f"/cars/{car.slug}?month={days.start}")
    taken = shop.day(days.start + timedelta(days=2))
    await expect(taken).to_have_attribute("aria-disabled", "true")
    await expect(taken).to_contain_text("service")
    await shop.choose(days)
    assert await shop.page.locator("#start").input_value() == days.end.isoformat()
    assert await shop.page.locator("#end").input_value() == ""
    await shop.day(days.end).click()
    await expect(shop.page.locator("#quote")).to_contain_text("1 day × $1,000")


async def test_a_day_that_is_free_again_lets_a_range_across_it(renter: NewRenter, car: ShownCar) -> None:
    days = Days(car.days.start, car.days.start + timedelta(days=2))
    shop = await renter()
    between = (car.made.id, days.start + timedelta(days=1))
    await shop.change("insert into car_availability (car_id, date, status) values ($1, $2, 'maintenance')", *between)
    await shop.page.goto(f"/cars/{car.slug}?month={days.start}")
    await expect(shop.day(between[1])).to_have_attribute("aria-disabled", "true")
    await shop.change("delete from car_availability where car_id = $1 and date = $2", *between)
    later = shop.page.get_by_role("link", name="Later month")
    title = await shop.page.locator(".month h3").first.inner_text()
    await later.click()
    await expect(shop.page.locator(".month h3").first).not_to_have_text(title)
    await shop.page.get_by_role("link", name="Earlier month").click()
    await expect(shop.page.locator(".month h3").first).to_have_text(title)
    await shop.choose(days)
    assert await shop.page.locator("#end").input_value() == days.end.isoformat()


async def type_day(page: Page, selector: str, day: date) -> None:
    """Type a day into a date field, as somebody in the United States does."""
    await tab_to(page, selector)
    await page.keyboard.type(day.strftime("%m%d%Y"))


# long: one journey, key by key
async def book_with_keys(shop: Shop, home: str, car: ShownCar) -> None:
    """From the home page to PayPal and back, and nothing is ever pointed at."""
    page, days = shop.page, car.days
    ahead = "ArrowLeft" if await _runs_from_the_right(page, home) else "ArrowRight"
    await type_day(page, "#from", days.start)
    await type_day(page, "#to", days.start)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/cars?**")
    await shop.shown(car)
    await tab_to(page, f'a[href^="/cars/{car.slug}?"]', 150)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/cars/{car.slug}?**")
    await tab_to(page, ".day")
    assert await focused_day(page) == days.start.isoformat()
    await page.keyboard.press("Enter")
    for _day in range(len(days) - 1):
        await page.keyboard.press(ahead)
    assert await focused_day(page) == days.end.isoformat()
    await page.keyboard.press("Enter")
    await expect(page.locator(f'#quote a[href*="end={days.end}"]')).to_be_visible()
    await tab_to(page, "#quote a.btn")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/checkout?**")
    for field, text in (("email", shop.email), ("first_name", "Ada"), ("last_name", "Byron"), ("phone", "+1 305 555 0142")):
        await tab_to(page, f"#{field}")
        await page.keyboard.type(text)
    await type_day(page, "#birth_date", date(1985, 12, 10))
    await tab_to(page, "#terms")
    await page.keyboard.press("Space")
    await tab_to(page, "[data-working]")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{shop.stack.paypal.url}/**")
    await tab_to(page, "button[value=approve]")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{home}/booking/**")


async def _runs_from_the_right(page: Page, home: str) -> bool:
    await page.goto(home)
    return bool(await page.evaluate("getComputedStyle(document.body).direction === 'rtl'"))


@pytest.mark.parametrize("hands", [LAPTOP, IN_HAND], ids=["laptop", "phone"])
async def test_from_home_to_paid_with_nothing_but_keys(renter: NewRenter, car: ShownCar, stack: Stack, hands: dict[str, Any]) -> None:
    shop = await renter(**hands)
    await book_with_keys(shop, stack.url, car)
    await expect(shop.page.get_by_text("Confirmed", exact=True)).to_be_visible()


@pytest.mark.parametrize(("hands", "scheme"), [(LAPTOP, "light"), (IN_HAND, "dark")], ids=["laptop", "phone in the dark"])
async def test_from_right_to_left_with_keys(
    renter: NewRenter, car: ShownCar, speaking: Callable[[str], Foreign], hands: dict[str, Any], scheme: str
) -> None:
    foreign = speaking("ar_AE@pseudo")
    shop = await renter(color_scheme=scheme, **hands)
    wide: list[str] = []

    async def measure(page: Page) -> None:
        if await page.evaluate("document.documentElement.scrollWidth") > hands["viewport"]["width"]:
            wide.append(page.url)

    shop.page.on("domcontentloaded", measure)
    await book_with_keys(shop, foreign.url, car)
    await expect(shop.page.get_by_text(foreign.say("Confirmed"), exact=True)).to_be_visible()
    assert await shop.page.locator("html").get_attribute("dir") == "rtl"
    assert await violations(shop.page) == []
    assert not wide
