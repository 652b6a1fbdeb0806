"""A paid booking is changed by its renter: what it costs is shown, paid at PayPal, and in force afterwards."""

import re
from decimal import Decimal

import pytest
from playwright.async_api import expect

from exodrive.pricing.kinds import Extra
from tests.garage import new_rules
from tests.product import Stack
from tests.shop import PHONE, NewRenter, ShownCar

pytestmark = pytest.mark.browser


async def test_a_child_seat_is_added_on_a_phone_and_paid_at_paypal(stack: Stack, renter: NewRenter, car: ShownCar) -> None:
    terms = {"per": "day", "amount": Decimal(18), "stock": 1, "car_id": car.made.id, "currency": "USD"}
    await new_rules(stack.doors, Extra(name="Child seat", code=f"seat-{car.made.id.hex[:8]}", **terms))
    shop = await renter(viewport=PHONE)
    reference = await shop.book(car.slug, car.days)
    page = shop.page
    await page.get_by_role("link", name="Change the booking").click()
    await expect(page.get_by_role("heading", name="Change your booking")).to_be_visible()
    await page.get_by_label("Child seat").check()
    await page.get_by_role("button", name="Show the new price").click()
    await expect(page.get_by_role("heading", name=re.compile(r"^\$[\d,.]+ more$"))).to_be_visible()
    await expect(page.get_by_text("You asked for it.")).to_be_visible()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), "nothing sticks out on a phone"
    await shop.pay()
    await shop.at_paypal("Cancel and return to Exodrive")
    await expect(page.get_by_role("heading", name="Your change waits for its payment")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("your booking stands as it was")
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(page.get_by_role("status")).to_contain_text("Paid and changed")
    await expect(page.get_by_text("Child seat, 3 days × $18").first).to_be_visible()
    assert shop.reference == reference
