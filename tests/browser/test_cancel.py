"""A paid booking is cancelled by its renter: the sum is shown before the press, on a phone and without any script of ours."""

import re
from decimal import Decimal

import pytest
from playwright.async_api import expect

from tests.product import Stack
from tests.shop import PHONE, NewRenter, ShownCar
from tests.web.steps import settles

pytestmark = pytest.mark.browser
BACK = re.compile(r"^\$[\d,.]+ goes back$")


async def refunded(stack: Stack, reference: str) -> bool:
    """Whether all that was taken for a booking went back."""
    async with stack.doors.service().scope() as db:
        query = "select captured_amount, refunded_amount from payments p join bookings b on b.id = p.booking_id where b.reference = $1"
        captured, back = await db.fetchrow(query, reference)
    return bool(captured == back > Decimal(0))


async def test_on_a_phone_the_sum_is_shown_and_goes_back(stack: Stack, renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(viewport=PHONE)
    reference = await shop.book(car.slug, car.days)
    page = shop.page
    await page.get_by_role("link", name="Cancel the booking").click()
    await expect(page.get_by_role("heading", name="Cancel your booking?")).to_be_visible()
    await expect(page.get_by_role("heading", name=BACK)).to_be_visible()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), "nothing sticks out on a phone"
    await page.get_by_role("link", name="Keep the booking").click()
    await expect(page.get_by_text("Confirmed")).to_be_visible()
    await page.get_by_role("link", name="Cancel the booking").click()
    await page.get_by_role("button", name=re.compile(r"^Cancel and get \$[\d,.]+ back$")).click()
    await expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    await expect(page.get_by_text("Everything goes back the way you paid")).to_be_visible()
    assert await settles(lambda: refunded(stack, reference), True)
    await page.reload()
    await expect(page.get_by_text("Paid back in full").first).to_be_visible()


async def test_without_scripts_a_booking_is_cancelled_by_keyboard_alone(stack: Stack, renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    reference = await shop.book(car.slug, car.days)
    plain = await renter(java_script_enabled=False, viewport=PHONE)
    await plain.page.context.add_cookies(await shop.page.context.cookies(stack.url))
    await plain.page.goto(f"/booking/{reference}")
    await plain.page.get_by_role("link", name="Cancel the booking").press("Enter")
    await expect(plain.page.get_by_role("heading", name=BACK)).to_be_visible()
    await plain.page.get_by_role("button", name=re.compile("^Cancel and get")).press("Enter")
    await expect(plain.page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    assert await settles(lambda: refunded(stack, reference), True)
