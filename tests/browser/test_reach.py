"""The data of a page stays data in a real browser, under the real policy."""

import asyncio
import re
from typing import Any

from playwright.async_api import Route, expect

from exodrive.kit.ids import LocationId
from tests.browser.conftest import _show
from tests.browser.test_pages import watch_policy
from tests.product import Stack
from tests.shop import NewRenter, Shop, ShownCar


async def test_a_cars_name_never_runs_and_the_data_breaks_no_policy(stack: Stack, house: LocationId, renter: NewRenter) -> None:
    evil = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>"
    made = await _show(stack, "averno-v10", evil)
    shop = await renter()
    said: list[str] = []
    shop.page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    await shop.page.add_init_script(
        "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
    )
    await shop.page.goto(f"/cars/{made.slug}")
    product = "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent).name"
    assert await shop.page.evaluate(product) == evil
    assert await shop.page.evaluate("[window.violations, window.broken ?? 0]") == [[], 0]
    assert not said


async def test_a_page_that_is_loaded_again_travels_once_and_its_scripts_still_run(car: ShownCar, renter: NewRenter) -> None:
    shop = await renter()
    page = shop.page
    await watch_policy(page)
    await page.goto(f"/cars/{car.slug}?month={car.days.start}")
    await page.reload()
    sizes = "performance.getEntriesByType('navigation').map(e => [e.transferSize, e.encodedBodySize])[0]"
    carried, whole = await page.evaluate(sizes)
    assert carried < 1500 < whole, "not modified: the browser showed what it had"
    await shop.choose(car.days)
    await expect(page.locator("#quote")).to_contain_text("3 days × $1,000")
    assert await page.evaluate("window.broken ?? []") == []


async def test_a_car_pointed_at_is_ready_before_the_click(car: ShownCar, renter: NewRenter) -> None:
    shop = await renter()
    await shop.page.goto(f"/cars?fresh={car.slug}")  # an address that nobody has asked for in the last two seconds
    link = shop.page.get_by_role("link", name=car.name).first
    await link.hover()
    await shop.page.wait_for_timeout(1500)
    await link.click()
    await shop.page.wait_for_url(f"**/cars/{car.slug}**")
    arrival = "performance.getEntriesByType('navigation').map(e => e.activationStart > 0 || e.deliveryType === 'navigational-prefetch')"
    assert await shop.page.evaluate(arrival) == [True]


class SharedCache:
    """A cache in front of the shop that keeps what it may, for ever, and hands it to everybody (RFC 9111, as far as it is needed)."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        self.given: list[str] = []

    async def stand_before(self, shop: Shop) -> None:
        """Answer a renter's requests from here on."""
        await shop.page.route(f"{shop.stack.url}/**", self._answer)

    async def _answer(self, route: Route) -> None:
        asked = await route.request.all_headers()
        key = route.request.url, asked.get("hx-request", "") + asked.get("hx-history-restore-request", "")
        if key in self.kept:
            self.given.append(route.request.url)
            await route.fulfill(**self.kept[key])
            return
        answer = await route.fetch(headers={**asked, "accept-encoding": "identity"}, max_redirects=0)
        told = {"status": answer.status, "headers": answer.headers, "body": await answer.body()}
        if "s-maxage" in answer.headers.get("cache-control", "") and route.request.method == "GET":
            assert set(answer.headers["vary"].split(", ")) <= {"accept-encoding", "hx-request", "hx-history-restore-request"}
            self.kept[key] = told
        await route.fulfill(**told)


async def test_a_page_that_a_cache_gave_to_two_works_for_both_and_its_stale_day_is_not_sold(renter: NewRenter, car: ShownCar) -> None:
    quick, slow, cache = await renter(), await renter(), SharedCache()
    path = f"/cars/{car.slug}?month={car.days.start}"
    for shop in (quick, slow):
        await watch_policy(shop.page)
        await cache.stand_before(shop)
        await shop.page.goto(path)
    assert [url for url in cache.given if path in url], "the second renter was given the first one's copy"
    await quick.choose(car.days)
    await expect(quick.page.get_by_role("link", name="Continue to checkout")).to_be_visible()
    await (await renter()).book(car.slug, car.days)
    await asyncio.sleep(2)  # for so long the shop itself may repeat what it told others
    await slow.page.reload()
    await expect(slow.day(car.days.start)).not_to_have_attribute("aria-disabled", "true")
    await slow.choose(car.days)
    await expect(slow.page.locator("#quote")).to_contain_text("The car is not free on all of these days.")
    await slow.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await expect(slow.page).to_have_url(re.compile("#book$"))
    assert await slow.page.evaluate("window.broken ?? []") == []
    for shop in (quick, slow):
        await shop.page.unroute_all(behavior="ignoreErrors")  # a picture may still be on its way
