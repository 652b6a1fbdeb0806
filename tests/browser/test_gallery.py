"""The pictures of a car: opened large by pointer or keyboard, leafed through, closed again; links where there is no script."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.test_pages import violations, watch_policy
from tests.shop import PHONE, NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser


async def opened(shop: Shop, car: ShownCar) -> Locator:
    await shop.page.goto(f"/cars/{car.slug}")
    await shop.page.locator("a[data-shot]").first.click()
    dialog = shop.page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    return dialog


async def shows(page: Page, words: str) -> None:
    """The caption says it, and the picture stands in the middle between the buttons."""
    await expect(page.locator(".lightbox [aria-live]")).to_have_text(words)
    await page.wait_for_function(
        """words => { const middle = (one) => { const box = one.getBoundingClientRect();
                                                 return [box.x + box.width / 2, box.y + box.height / 2]; };
                      const reel = document.querySelector(".lightbox ul"), picture = reel.querySelector(`[data-caption="${words}"] img`);
                      return middle(reel).every((place, way) => Math.abs(place - middle(picture)[way]) < 2); }""",
        arg=words,
        timeout=5000,
    )


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["wide", "phone"])
async def test_pictures_are_leafed_through_with_buttons_and_keys(renter: NewRenter, car: ShownCar, viewport: dict[str, int]) -> None:
    shop = await renter(viewport=viewport)
    dialog = await opened(shop, car)
    first, second = f"{car.name}, front (1 of 2)", f"{car.name}, rear (2 of 2)"
    await shows(shop.page, first)
    await dialog.get_by_role("button", name="Next picture").click()
    await shows(shop.page, second)
    await shop.page.keyboard.press("ArrowRight")
    await shows(shop.page, first)
    await shop.page.keyboard.press("ArrowLeft")
    await shows(shop.page, second)


async def test_by_keyboard_alone_the_focus_comes_back(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.page.goto(f"/cars/{car.slug}")
    links = shop.page.locator("a[data-shot]")
    await links.nth(0).focus()
    await shop.page.keyboard.press("Enter")
    await shows(shop.page, f"{car.name}, front (1 of 2)")
    await shop.page.keyboard.press("ArrowRight")
    await shows(shop.page, f"{car.name}, rear (2 of 2)")
    await shop.page.keyboard.press("Escape")
    await expect(shop.page.get_by_role("dialog")).to_be_hidden()
    await expect(links.nth(1)).to_be_focused()


async def test_the_button_closes_it_too(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    dialog = await opened(shop, car)
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()
    await expect(shop.page.locator("a[data-shot]").first).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_open_pictures_are_fit_for_everybody(renter: NewRenter, car: ShownCar, scheme: str) -> None:
    shop = await renter(color_scheme=scheme)
    await watch_policy(shop.page)
    await opened(shop, car)
    assert await violations(shop.page) == []
    assert await shop.page.evaluate("window.broken ?? []") == []


async def test_without_a_script_a_picture_is_a_link_to_itself(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(java_script_enabled=False, strict=False)  # Chromium's own viewer of pictures styles itself inline
    await shop.page.goto(f"/cars/{car.slug}")
    await shop.page.locator("a[data-shot]").first.click()
    await shop.page.wait_for_url("**/fleet/averno-v10-front34.webp")


_TWO_PRESSES_IN_ONE_FRAME = """async () => {
    const dialog = document.querySelector("dialog[open]"), told = dialog.querySelector("[aria-live]"), wrong = [];
    const press = () => dialog.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", cancelable: true}));
    for (let round = 0; round < 30; round++) {
        await new Promise(done => requestAnimationFrame(() => {
            const {port1, port2} = new MessageChannel(), before = told.textContent;
            port1.onmessage = () => { press(); setTimeout(() => { if (told.textContent !== before) wrong.push(round); done(); }); };
            press();
            port2.postMessage(0);
        }));
    }
    return wrong;
}"""


async def test_what_is_seen_late_does_not_turn_the_pictures_back(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await opened(shop, car)
    await shows(shop.page, f"{car.name}, front (1 of 2)")
    assert await shop.page.evaluate(_TWO_PRESSES_IN_ONE_FRAME) == []


async def test_a_picture_that_is_swiped_to_tells_its_name(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(viewport=PHONE)
    await opened(shop, car)
    await shows(shop.page, f"{car.name}, front (1 of 2)")
    await shop.page.locator(".lightbox ul").evaluate("reel => reel.scrollBy(reel.clientWidth, 0)")
    await shows(shop.page, f"{car.name}, rear (2 of 2)")


async def test_on_a_phone_a_long_name_presses_no_button_out_of_shape(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(viewport=PHONE)
    dialog = await opened(shop, car)
    await dialog.locator("[aria-live]").evaluate("caption => caption.textContent = 'three-quarter view from the front '.repeat(3)")
    sizes = await dialog.locator(".round").evaluate_all("all => all.map(one => [one.offsetWidth, one.offsetHeight])")
    assert sizes == [[44, 44]] * 3
