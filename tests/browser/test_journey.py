"""A renter books a car: search, days, checkout, PayPal, the private page, and the mail that opens it elsewhere."""

import re

import pytest
from playwright.async_api import expect

from exodrive.kit.days import Days
from tests.shop import PHONE, WIDE, NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser


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


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_from_the_search_to_the_mail(renter: NewRenter, car: ShownCar, viewport: dict[str, int]) -> None:
    shop = await renter(viewport=viewport)
    page = shop.page
    await shop.search(car.days)
    await page.get_by_role("link", name=car.name).click()
    await expect(page.get_by_role("heading", name=car.name, level=1)).to_be_visible()
    other = Days(car.days.start, car.days.start)
    await shop.choose(other)
    await expect(page.locator("#quote")).to_contain_text("1 day × $1,000")
    await shop.choose(car.days)
    await expect(page.locator("#quote")).to_contain_text("3 days × $1,000")
    await shop.to_checkout()
    await shop.fill_in()
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name=car.name)).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Paid: $3,306.30 by PayPal")
    newcomer = await renter(viewport=viewport)
    await open_from_the_mail(shop, newcomer)
    await expect(newcomer.page.get_by_role("heading", name=car.name)).to_be_visible()
    assert newcomer.reference == shop.reference


async def test_in_the_dark(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(color_scheme="dark")
    await shop.book(car.slug, car.days)
    await expect(shop.page.get_by_text("Confirmed", exact=True)).to_be_visible()
    background = await shop.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(11, 12, 14)"


async def test_without_a_script(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(java_script_enabled=False)
    page = shop.page
    await shop.search(car.days)
    await page.get_by_role("link", name=car.name).click()
    longer = Days(car.days.start, car.days.end.replace(day=car.days.end.day + 1))
    await page.get_by_label("Last day").fill(longer.end.isoformat())
    await page.get_by_role("button", name="Show the price").click()
    await expect(page.locator("#quote")).to_contain_text("4 days × $1,000")
    await shop.to_checkout()
    await page.locator("#pickup_location_id .delivers").check()
    await page.get_by_role("button", name="Update the price").click()
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
