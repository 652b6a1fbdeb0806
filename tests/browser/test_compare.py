"""Four cars side by side on a phone, by keyboard, and on paper."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_pages import violations
from tests.builders import days_ahead
from tests.garage import new_car
from tests.product import Stack
from tests.shop import NewRenter, ShownCar

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 800}
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
Compared = Callable[..., Awaitable[Page]]


@pytest.fixture
async def compared(renter: NewRenter, stack: Stack, car: ShownCar) -> Compared:
    """Open the comparison of so many cars, one with a long name."""
    names = ("Wolfeschlegel Grand Tourer", "Two", "Three")
    others = [(await new_car(stack.doors, name=name)).slug for name in names]

    async def look(number: int) -> Page:
        shop, days = await renter(viewport=PHONE), days_ahead(40, 3)
        await shop.page.goto(f"/compare?cars={','.join([car.slug, *others][:number])}&start={days.start}&end={days.end}")
        return shop.page

    return look


@pytest.mark.parametrize("number", [3, 4])
async def test_on_a_phone_the_page_stays_as_wide_as_the_phone_and_the_names_of_the_lines_in_sight(compared: Compared, number: int) -> None:
    page = await compared(number)
    assert await page.evaluate(_WIDER) == 0
    assert await violations(page) == []
    region = page.get_by_role("region", name="Comparison")
    await region.focus()
    start = await region.evaluate("region => region.scrollLeft")
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function(
        "([region, start]) => region.scrollLeft > start", arg=[await region.element_handle(), start], timeout=20000
    )
    await region.evaluate("region => region.scrollLeft = region.scrollWidth")
    await expect(region.get_by_role("link", name="Three" if number == 4 else "Two", exact=True)).to_be_in_viewport()
    await expect(region.get_by_role("rowheader").first).to_be_in_viewport()


async def test_on_paper_all_cars_are_there(compared: Compared) -> None:
    page = await compared(4)
    await page.set_viewport_size({"width": 794, "height": 1123})  # A4
    await page.emulate_media(media="print")
    assert await page.evaluate(_WIDER) == 0
    table = await page.locator(".compare").bounding_box()
    assert table
    assert table["width"] <= 794
    for name in ("Two", "Three"):
        await expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
