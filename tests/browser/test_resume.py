"""Going on where somebody stopped: on a second browser, and after the time to pay ran out."""

import re

import pytest
from playwright.async_api import expect

from tests.shop import PHONE, NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser


async def walk_away(shop: Shop, car: ShownCar) -> str:
    """Go as far as PayPal, leave, and take the private link along."""
    await shop.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await shop.fill_in()
    await shop.pay()
    await shop.page.goto(f"/booking/{await shop.reference_in_cookies()}")
    await shop.page.get_by_role("link", name="Share or open elsewhere").click()
    await expect(shop.page.get_by_text("Whoever has this link can see the booking")).to_be_visible()
    return await shop.page.get_by_label("Private link").input_value()


async def test_a_renter_who_walked_away_pays_on_a_second_browser(renter: NewRenter, car: ShownCar) -> None:
    laptop, phone = await renter(), await renter(viewport=PHONE)
    link = await walk_away(laptop, car)
    await phone.page.goto(link)
    await expect(phone.page.get_by_text("Held for you, not paid")).to_be_visible()
    await expect(phone.page.locator("ex-countdown")).to_have_text(re.compile(r"^(1\d|20):\d\d$"))
    await expect(phone.page.get_by_role("heading", name=car.name)).to_be_visible()
    await phone.pay()
    await phone.at_paypal("Approve")
    await expect(phone.page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await laptop.page.goto(f"/booking/{phone.reference}")
    await expect(laptop.page.get_by_text("Confirmed", exact=True)).to_be_visible()


async def test_who_comes_too_late_holds_the_same_days_again_in_one_press(renter: NewRenter, car: ShownCar) -> None:
    shop, late = await renter(), await renter()
    link = await walk_away(shop, car)
    old = await shop.reference_in_cookies()
    over = "update car_availability set hold_expires_at = exodrive_private.now() - interval '1 second' where car_id = $1"
    await shop.change(over, car.made.id)
    await late.page.goto(link)
    await expect(late.page.get_by_role("heading", name="The same days are still free")).to_be_visible()
    await late.pay()
    await late.at_paypal("Approve")
    await expect(late.page.get_by_text("Confirmed", exact=True)).to_be_visible()
    assert late.reference != old
    await expect(late.page.get_by_text(shop.email)).to_be_visible()


async def test_the_link_is_copied_by_its_button(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(permissions=["clipboard-read", "clipboard-write"])
    link = await walk_away(shop, car)
    await shop.page.get_by_role("button", name="Copy the link").click()
    await expect(shop.page.get_by_role("status")).to_have_text("Copied.")
    assert await shop.page.evaluate("navigator.clipboard.readText()") == link
