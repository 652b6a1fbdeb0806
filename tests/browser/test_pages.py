"""Every page of the shop: nothing for axe to find in light and dark, nothing wider than a small phone, nothing for the console to say."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Page

from tests.shop import NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST = {"width": 320, "height": 640}
Visit = Callable[[Shop, ShownCar], Awaitable[object]]


def at(path: str) -> Visit:
    async def visit(shop: Shop, car: ShownCar) -> None:
        days = car.days
        await shop.page.goto(path.format(slug=car.slug, start=days.start, end=days.end))

    return visit


async def taken(shop: Shop, car: ShownCar) -> None:
    await shop.book(car.slug, car.days)
    await at("/cars/{slug}?start={start}&end={end}")(shop, car)


async def refused(shop: Shop, car: ShownCar) -> None:
    await at("/cars/{slug}/checkout?start={start}&end={end}")(shop, car)
    await shop.fill_in(birth_date="2020-01-01")
    await shop.page.locator("#pickup_location_id .delivers").check()
    await shop.page.locator("#price").get_by_text("Delivery to your address").first.wait_for(state="attached")
    await shop.pay_button().click()
    await shop.page.locator("#problems").wait_for()


async def confirmed(shop: Shop, car: ShownCar) -> None:
    await shop.book(car.slug, car.days)
    await shop.page.locator(".fold summary").click()


async def receipt(shop: Shop, car: ShownCar) -> None:
    reference = await shop.book(car.slug, car.days)
    await shop.page.goto(f"/booking/{reference}/receipt")


async def held(shop: Shop, car: ShownCar) -> str:
    return await shop.book(car.slug, car.days, "Cancel and return to Exodrive")


async def lapsed(shop: Shop, car: ShownCar) -> None:
    reference = await held(shop, car)
    await shop.change(
        """update car_availability set hold_expires_at = exodrive_private.now() - interval '1 minute'
           where booking_id = (select id from bookings where reference = $1)""",
        reference,
    )
    await shop.page.reload()
    await shop.page.get_by_text("Time ran out").wait_for()


async def cancelled(shop: Shop, car: ShownCar) -> None:
    reference = await shop.book(car.slug, car.days)
    await shop.change("update bookings set status = 'cancelled', cancelled_at = exodrive_private.now() where reference = $1", reference)
    await shop.page.reload()
    await shop.page.get_by_text("This booking is cancelled").wait_for()


async def landing(shop: Shop, _car: ShownCar) -> None:
    await shop.page.route("**/open.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    await shop.page.goto(f"/booking/{'a' * 43}")


PAGES: dict[str, Visit] = {
    "home": at("/"),
    "cars": at("/cars"),
    "cars for days": at("/cars?start={start}&end={end}"),
    "cars for impossible days": at("/cars?start={end}&end={start}"),
    "car": at("/cars/{slug}"),
    "car for days": at("/cars/{slug}?start={start}&end={end}"),
    "car for taken days": taken,
    "checkout": at("/cars/{slug}/checkout?start={start}&end={end}"),
    "checkout refused": refused,
    "booking confirmed": confirmed,
    "booking held": held,
    "booking lapsed": lapsed,
    "booking cancelled": cancelled,
    "receipt": receipt,
    "landing": landing,
    "contact": at("/contact"),
    "message sent": at("/contact/sent"),
    "policies": at("/policies"),
    "terms": at("/policies/terms"),
    "cancellation": at("/policies/cancellation"),
    "privacy": at("/policies/privacy"),
    "cookies": at("/policies/cookies"),
    "not found": at("/nowhere"),
    "unknown booking": at("/booking/ABCDEFGH"),
    "unknown payment": at("/paypal/return?token=NOTHING"),
}


@pytest.mark.parametrize("visit", PAGES.values(), ids=PAGES.keys())
async def test_a_page_is_fit_for_everybody(renter: NewRenter, car: ShownCar, visit: Visit) -> None:
    shop = await renter()
    await watch_policy(shop.page)
    await visit(shop, car)
    assert await violations(shop.page) == []
    await shop.page.emulate_media(color_scheme="dark")
    await settle(shop.page)
    assert await violations(shop.page) == [], "in the dark"
    await shop.page.set_viewport_size(SMALLEST)
    await shop.page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=SMALLEST["width"], timeout=20000)
    assert await shop.page.evaluate("window.broken ?? []") == []


async def settle(page: Page) -> None:
    """Wait until what was changed is painted."""
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def watch_policy(page: Page) -> None:
    """Remember what the content policy refused, also where the console keeps silent."""
    told = "addEventListener('securitypolicyviolation', e => (window.broken ??= []).push(e.violatedDirective + ' ' + e.blockedURI))"
    await page.add_init_script(told)


async def violations(page: Page) -> list[str]:
    await page.evaluate(AXE)
    found: list[dict[str, Any]] = await page.evaluate("rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", RULES)
    return [f"{one['id']}: {one['help']}: {[_place(node) for node in one['nodes'][:3]]}" for one in found]


def _place(node: dict[str, Any]) -> str:
    checks = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
    return f"{node['html'][:160]} {checks}"


async def test_public_pages_set_no_cookie_and_ask_nobody_else(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    asked: set[str] = set()
    shop.page.on("request", lambda request: asked.add(request.url))
    for path in ("/", "/cars", f"/cars/{car.slug}", f"/cars/{car.slug}?start={car.days.start}&end={car.days.end}", "/policies/cookies"):
        await shop.page.goto(path)
    assert await shop.page.context.cookies() == []
    assert {url for url in asked if not url.startswith((shop.stack.url, "data:"))} == set()


async def test_pictures_leave_nothing_to_jump(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    for path in ("/", "/cars", f"/cars/{car.slug}"):
        await shop.page.goto(path)
        await shop.page.wait_for_load_state("networkidle")
        shift = await shop.page.evaluate(
            """new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
               .observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 100); })"""
        )
        assert shift < 0.02, path


async def test_targets_are_large_enough_for_a_thumb(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(viewport={"width": 390, "height": 844})
    await shop.page.goto(f"/cars/{car.slug}?start={car.days.start}&end={car.days.end}")
    small = await shop.page.evaluate(
        """[...document.querySelectorAll('button, a.btn, a.round, .link, input:not([type=hidden]), nav a')]
           .filter(e => e.offsetParent).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
           .filter(([, box]) => box.height < 43.5 || box.width < 40).map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []
