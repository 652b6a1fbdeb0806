"""A renter keeps the car longer: the days are chosen, priced, accepted with the terms, paid at PayPal, and theirs afterwards."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.product import Stack
from tests.shop import PHONE, NewRenter, ShownCar

pytestmark = pytest.mark.browser


async def test_two_days_are_added_on_a_phone_and_paid_at_paypal(stack: Stack, renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(viewport=PHONE)
    await shop.book(car.slug, car.days)
    page = shop.page
    await page.get_by_role("link", name="Change the booking").click()
    await page.get_by_label("Last day").fill((car.days.end + timedelta(days=2)).isoformat())
    await page.get_by_role("button", name="Show the new price").click()
    await expect(page.get_by_role("heading", name=re.compile(r"^\$[\d,.]+ more$"))).to_be_visible()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), "nothing sticks out on a phone"
    await page.get_by_role("checkbox", name="I accept the rental terms").check()
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(page.get_by_role("status")).to_contain_text("Paid and changed")
    await expect(page.get_by_text(f"{len(car.days) + 2} days ×").first).to_be_visible()
