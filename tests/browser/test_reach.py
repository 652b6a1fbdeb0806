"""The data of a page stays data in a real browser, under the real policy."""

from playwright.async_api import expect

from tests.browser.conftest import _show
from tests.browser.test_pages import watch_policy
from tests.product import Stack
from tests.shop import NewRenter, ShownCar


async def test_a_cars_name_never_runs_and_the_data_breaks_no_policy(stack: Stack, house: None, renter: NewRenter) -> None:
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
