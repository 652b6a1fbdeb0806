"""Finding a car in a real browser: filters without a reload, and all of it without JavaScript."""

from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests import garage
from tests.shop import PHONE, NewRenter

pytestmark = pytest.mark.browser


async def test_filters_change_what_is_found_in_place_and_go_back(renter: NewRenter) -> None:
    shop = await renter()
    mark = uuid4().hex
    for gearbox in ("manual", "automatic"):
        await garage.new_car(shop.stack.doors, name=f"{gearbox} {mark}", transmission=gearbox)
    page, cards = shop.page, shop.page.locator(".carcard")
    await page.goto(f"/cars?q={mark}")
    await expect(cards).to_have_count(2)
    await page.evaluate("window.here = true")
    await page.get_by_text("Filters and order").click()
    await page.get_by_role("radio", name="Manual").check()
    await expect(cards).to_have_count(1)
    await expect(page.get_by_role("radio", name="Manual")).to_be_focused()
    assert await page.evaluate("window.here"), "nothing was loaded anew"
    assert f"q={mark}" in page.url
    assert "transmission=manual" in page.url
    await page.go_back()
    await expect(cards).to_have_count(2)


async def test_the_search_works_without_javascript_on_a_phone(renter: NewRenter) -> None:
    shop = await renter(java_script_enabled=False, viewport=PHONE)
    mark = uuid4().hex
    await garage.new_car(shop.stack.doors, name=f"Small {mark}", seats=2)
    page, cards = shop.page, shop.page.locator(".carcard")
    await page.goto("/cars")
    await page.get_by_label("Name or feature").fill(mark)
    await page.get_by_role("button", name="Show cars").click()
    await expect(cards).to_have_count(1)
    await page.goto(f"/cars?q={mark}&seats=5")
    await expect(cards).to_have_count(0)
    await page.get_by_role("link", name="With any number of seats: 1 car").click()
    await expect(cards).to_have_count(1)


async def test_marked_cars_are_compared_on_a_phone_without_javascript_in_the_dark(renter: NewRenter) -> None:
    shop = await renter(java_script_enabled=False, viewport={"width": 320, "height": 700}, color_scheme="dark")
    mark = uuid4().hex
    for number in (1, 2):
        await garage.new_car(shop.stack.doors, name=f"{number} {mark}", seats=number)
    page = shop.page
    await page.goto(f"/cars?q={mark}")
    button = page.get_by_role("button", name="Compare")
    await expect(button).to_be_hidden()
    for number in (1, 2):
        await page.get_by_label(f"Compare {number} {mark}").check()
    await button.click()
    await expect(page.get_by_role("row", name="Seats (differs)")).to_be_visible()
    width = await page.locator("body").evaluate("body => body.scrollWidth")
    assert width <= 320
