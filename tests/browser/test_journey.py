"""A renter books a car: search, days, checkout, PayPal, the private page, and the mail that opens it elsewhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from exodrive.kit.days import Days
from tests.shop import IN_HAND, LAPTOP, NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser

DARK = "rgb(11, 12, 14)"


async def open_from_the_mail(shop: Shop, newcomer: Shop) -> None:
    """Read the mail in a browser that knows nothing, and follow its link."""
    inbox = newcomer.page
    await inbox.goto(shop.stack.resend.url)
    await inbox.get_by_role("link", name="Booked:").filter(has_text=shop.email).click(timeout=30_000)
    await inbox.locator("summary", has_text="Plain text").click()
    async with inbox.expect_popup() as opened:
        await inbox.locator("pre a", has_text="/booking/").first.click()
    newcomer.page = await opened.value
    await newcomer.page.wait_for_url(re.compile(r"/booking/[0-9A-Z]{8}$"))


HANDS = pytest.mark.parametrize("hands", [LAPTOP, IN_HAND], ids=["laptop", "phone"])


@HANDS
async def test_from_the_search_to_the_mail(renter: NewRenter, car: ShownCar, hands: dict[str, Any]) -> None:
    shop = await renter(**hands)
    page = shop.page
    await to_the_quote(shop, car)
    await shop.to_checkout()
    await shop.fill_in()
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name=car.name)).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Paid: $3,306.30 by PayPal")
    newcomer = await renter(**hands)
    await open_from_the_mail(shop, newcomer)
    await expect(newcomer.page.get_by_role("heading", name=car.name)).to_be_visible()
    assert newcomer.reference == shop.reference


async def to_the_quote(shop: Shop, car: ShownCar) -> None:
    """From the front page to the price of three days; the same day twice is one."""
    await shop.find(car)
    await expect(shop.page.get_by_role("heading", name=car.name, level=1)).to_be_visible()
    await shop.choose(Days(car.days.start, car.days.start))
    await expect(shop.page.locator("#quote")).to_contain_text("1 day × $1,000")
    await shop.choose(car.days)
    await expect(shop.page.locator("#quote")).to_contain_text("3 days × $1,000")


@pytest.mark.parametrize("width", [320, 390])
async def test_each_day_has_room_for_a_thumb_and_two_quick_taps_are_two(renter: NewRenter, car: ShownCar, width: int) -> None:
    shop = await renter(**IN_HAND | {"viewport": {"width": width, "height": 700}})
    await shop.page.goto(f"/cars/{car.slug}?month={car.days.start}")
    days = shop.page.locator(".day:visible")
    sizes = await days.evaluate_all("days => days.map(day => day.getBoundingClientRect()).map(box => [box.width, box.height])")
    assert len(sizes) >= 28
    assert min(min(size) for size in sizes) >= (44 if width == 390 else 40)
    assert set(await days.evaluate_all("days => days.map(day => getComputedStyle(day).touchAction)")) == {"manipulation"}
    await shop.day(car.days.start).tap()
    await shop.day(car.days.start).tap()
    await expect(shop.page.locator("#quote")).to_contain_text("1 day × $1,000")
    assert await shop.page.evaluate("visualViewport.scale") == 1
    assert await shop.page.evaluate("document.documentElement.scrollWidth") == width


@HANDS
async def test_in_the_dark_from_the_front_page_on(renter: NewRenter, car: ShownCar, hands: dict[str, Any]) -> None:
    shop = await renter(color_scheme="dark", **hands)
    light: list[str] = []

    async def look(page: Page) -> None:
        if page.url.startswith(shop.stack.url) and await page.evaluate("getComputedStyle(document.body).backgroundColor") != DARK:
            light.append(page.url)

    shop.page.on("load", look)
    await to_the_quote(shop, car)
    await shop.to_checkout()
    await shop.fill_in()
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(shop.page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await look(shop.page)
    assert not light


@HANDS
async def test_without_a_script(renter: NewRenter, car: ShownCar, hands: dict[str, Any]) -> None:
    shop = await renter(java_script_enabled=False, **hands)
    page = shop.page
    await shop.find(car)
    longer = Days(car.days.start, car.days.end + timedelta(days=1))
    await page.get_by_label("Last day").fill(longer.end.isoformat())
    await shop.press(page.get_by_role("button", name="Show the price"))
    await expect(page.locator("#quote")).to_contain_text("4 days × $1,000")
    await shop.to_checkout()
    await page.locator("#pickup_location_id .delivers").check()
    await shop.press(page.get_by_role("button", name="Update the price"))
    await expect(page.locator("#price")).to_contain_text("Delivery to your address")
    await page.locator("#pickup_address_line1").fill("1 Ocean Drive")
    await page.locator("#pickup_address_city").fill("Miami Beach")
    await shop.fill_in()
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await expect(page.locator("main")).to_contain_text("1 Ocean Drive, Miami Beach, US")


async def test_a_link_opens_without_a_script_by_its_one_button(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    reference = await shop.book(car.slug, car.days)
    cookies = await shop.page.context.cookies(shop.stack.url)
    token = next(cookie["value"] for cookie in cookies if cookie["name"].endswith(reference))
    newcomer = await renter(java_script_enabled=False)
    await newcomer.page.goto(f"/booking/{token}")
    assert not await newcomer.page.context.cookies(), "following a link changes nothing"
    await newcomer.page.get_by_role("button", name="Open my booking").click()
    await expect(newcomer.page.get_by_role("heading", name=car.name)).to_be_visible()


async def test_a_links_token_never_travels_as_a_referrer(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    reference = await shop.book(car.slug, car.days)
    cookies = await shop.page.context.cookies(shop.stack.url)
    token = next(cookie["value"] for cookie in cookies if cookie["name"].endswith(reference))
    newcomer = await renter()
    sent: list[str] = []
    newcomer.page.on("request", lambda request: sent.append(request.headers.get("referer", "")))
    await newcomer.page.goto(f"/booking/{token}")
    await newcomer.page.wait_for_url(f"**/booking/{reference}")
    await newcomer.page.get_by_role("link", name="Cars", exact=True).click()
    await newcomer.page.wait_for_url("**/cars")
    assert len(sent) > 5
    assert not [referrer for referrer in sent if token in referrer]
    assert token not in await newcomer.page.content()
