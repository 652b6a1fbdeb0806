"""Choices in checkout as a renter makes them: the price follows, the button names what is due now, the booking the rest."""

import re

import pytest
from playwright.async_api import expect

from tests.shop import PHONE, NewRenter, ShownCar

pytestmark = pytest.mark.browser


async def test_on_a_phone_extras_a_cover_and_late_hours_are_chosen_and_a_part_is_paid(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(viewport=PHONE)
    await shop.offer(car)
    page, pay = shop.page, shop.pay_button()
    await page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await expect(pay).to_have_text("Pay $3,306.30 with PayPal")
    await page.get_by_label("Child seat").select_option("2")
    await expect(pay).to_have_text("Pay $3,421.86 with PayPal")  # + 2 × 3 × $18 and 7 %
    await page.get_by_label("Full cover").check()
    await expect(pay).to_have_text("Pay $3,582.36 with PayPal")  # + 3 × $50
    await page.get_by_text("Another time").last.click()
    await page.locator("#dropoff_time").select_option("21:00")
    await expect(pay).to_have_text("Pay $3,662.61 with PayPal")  # + $75
    await page.get_by_label(re.compile("Pay 30% now")).check()
    await expect(pay).to_have_text("Pay $1,098.78 with PayPal")
    await expect(pay).to_be_in_viewport()
    bill = page.locator("details.bill")
    await bill.locator("> summary").click()
    await expect(bill).to_contain_text("Child seat, 2 × 3 days × $18")
    await expect(bill).to_contain_text("Of a damage that is covered you bear $500 at most.")
    await bill.get_by_text("Why this price?").click()
    await expect(bill).to_contain_text("The hour you chose lies outside our usual hours.")
    await bill.locator("> summary").click()
    await shop.fill_in()
    await shop.pay()
    await expect(page.locator("body")).to_contain_text("1,098.78")
    await shop.at_paypal("Approve")
    await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Paid: $1,098.78 by PayPal")
    await expect(page.locator("main")).to_contain_text(re.compile(r"To be paid by [A-Z][a-z]+ \d+, \d{4}\s*\$2,563.83"))


async def test_prices_are_looked_at_in_another_currency_and_charged_in_ours(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    page = shop.page
    await page.goto(f"/cars/{car.slug}?start={car.days.start}&end={car.days.end}")
    await page.get_by_label("Show prices in").select_option("EUR")
    await expect(page.locator("#quote .sum")).to_contain_text("about €3,042")
    await expect(page.get_by_text("You are charged in US dollars")).to_be_visible()
    await page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await expect(page.locator("#price .sum:visible")).to_contain_text("about €3,042")
    await page.locator("#pickup_location_id .delivers").check()
    await expect(page.locator("#price .sum:visible")).to_contain_text("about €3,189")
    await expect(shop.pay_button()).to_have_text("Pay $3,466.80 with PayPal")
    assert await page.context.cookies() == []


async def test_without_a_script_another_currency_is_asked_for_by_the_address_and_goes_along(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(java_script_enabled=False)
    page = shop.page
    await page.goto(f"/cars/{car.slug}?start={car.days.start}&end={car.days.end}")
    await page.get_by_label("Show prices in").select_option("EUR")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("#quote .sum")).to_contain_text("about €3,042")
    await expect(page.get_by_label("Show prices in")).to_have_value("EUR")
    await page.get_by_role("link", name="Continue to checkout").click()
    await expect(page.locator("#price .sum:visible")).to_contain_text("about €3,042")
    await page.get_by_role("link", name="Cars", exact=True).first.click()
    await expect(page.locator(".carcard .cost").first).to_contain_text("about €920")
    await page.get_by_label("Show prices in").select_option("USD")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator(".carcard .about")).to_have_count(0)
    assert await page.context.cookies() == []
