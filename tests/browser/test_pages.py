"""Every page of the shop: nothing for axe to find in light and dark, nothing wider than a small phone, nothing for the console to say."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Page, Response

from exodrive.app import site_of
from exodrive.bookings.model import Rules
from exodrive.kit import links
from exodrive.kit.hashing import hash_of
from exodrive.settings import Settings
from exodrive.web.shell.pages import environment
from exodrive.web.shell.static import Assets
from tests import garage
from tests.browser import sights
from tests.markup import Markup
from tests.shop import PHONE, WIDE, NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# In the dark other colours are shown and nothing else: tests/laws/test_styles.py.
COLOURS = ["color-contrast", "link-in-text-block"]
_ASKED = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false}).then(r => r.violations)"""
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


async def compared(shop: Shop, car: ShownCar) -> None:
    other = await garage.new_car(shop.stack.doors, home_location_id=car.made.location_id)
    await shop.page.goto(f"/compare?cars={car.slug}&cars={other.slug}")
    await shop.page.get_by_role("table").wait_for()


async def refused(shop: Shop, car: ShownCar) -> None:
    await at("/cars/{slug}/checkout?start={start}&end={end}")(shop, car)
    await shop.fill_in(phone="call me")
    await shop.page.locator("#pickup_location_id .delivers").check()
    await shop.page.locator("#price").get_by_text("Delivery to your address").first.wait_for(state="attached")
    await shop.pay_button().click()
    await shop.page.locator("#problems").wait_for()


async def chosen(shop: Shop, car: ShownCar) -> None:
    await shop.offer(car)
    await at("/cars/{slug}/checkout?start={start}&end={end}")(shop, car)
    await shop.page.locator("[name=waiver][value=full]").check()
    await shop.page.locator("[name=part_payment][value=true]").check()
    await shop.page.locator("#price").get_by_text("To be paid by").first.wait_for(state="attached")
    await shop.page.locator("#price .reasons:visible > summary").click()


async def confirmed(shop: Shop, car: ShownCar) -> None:
    await shop.book(car.slug, car.days)
    for summary in await shop.page.locator(".fold > summary").all():
        await summary.click()


def booked(page: str) -> Visit:
    """A page of a paid booking."""

    async def visit(shop: Shop, car: ShownCar) -> None:
        reference = await shop.book(car.slug, car.days)
        await shop.page.goto(f"/booking/{reference}/{page}")

    return visit


async def shared(shop: Shop, car: ShownCar) -> None:
    reference = await shop.book(car.slug, car.days)
    await shop.page.goto(f"/booking/{reference}/share")


async def guarded(shop: Shop, car: ShownCar) -> None:
    """The private link in a browser that does not know it, with a PIN in front."""
    await shared(shop, car)
    link = await shop.page.get_by_label("Private link").input_value()
    await shop.change(
        "update booking_secure_tokens set pin_hash = $2, pin_nonce = $3, token_hash = $4 where token_hash = $1",
        links.hash_of(link.rpartition("/")[2]), await hash_of("135790"), os.urandom(32), os.urandom(32),
    )  # fmt: skip
    await shop.page.context.clear_cookies()
    await shop.page.goto(link)
    await shop.page.get_by_label("PIN").wait_for()


async def guessed(shop: Shop, car: ShownCar) -> None:
    await guarded(shop, car)
    await shop.page.get_by_label("PIN").fill("246801")
    await shop.page.get_by_role("button", name="Open my booking").click()
    await shop.page.get_by_role("alert").get_by_text("This PIN is not right").wait_for()


async def changing(shop: Shop, car: ShownCar) -> None:
    await shop.offer(car)
    reference = await shop.book(car.slug, car.days)
    await shop.page.goto(f"/booking/{reference}/change")
    await shop.page.get_by_label("Action camera").check()
    await shop.page.locator("[name=waiver][value=full]").check()
    await shop.page.get_by_role("button", name="Show the new price").click()
    await shop.page.locator("#preview").wait_for()


async def waiting(shop: Shop, car: ShownCar) -> None:
    await changing(shop, car)
    await shop.pay()
    await shop.at_paypal("Cancel and return to Exodrive")
    await shop.page.get_by_role("heading", name="Your change waits for its payment").wait_for()


async def held(shop: Shop, car: ShownCar) -> str:
    return await shop.book(car.slug, car.days, paid=False)


async def giving_up(shop: Shop, car: ShownCar) -> None:
    reference = await held(shop, car)
    await shop.page.goto(f"/booking/{reference}/cancellation")


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
    await shop.page.goto(f"/booking/{reference}/cancellation")
    await shop.page.get_by_role("button", name="Cancel and get").click()
    await shop.page.get_by_text("This booking is cancelled").wait_for()


async def _in_state(shop: Shop, car: ShownCar, change: str) -> None:
    reference = await shop.book(car.slug, car.days)
    await shop.change(f"update bookings set {change} where reference = $1", reference)
    await shop.page.reload()


async def on_the_road(shop: Shop, car: ShownCar) -> None:
    await _in_state(shop, car, "status = 'active', handed_over_at = exodrive_private.now()")
    await shop.page.get_by_text("On the road").wait_for()


async def over(shop: Shop, car: ShownCar) -> None:
    await _in_state(shop, car, "status = 'completed'")
    await shop.page.get_by_role("button", name="Send the review").wait_for()


async def in_two_parts(shop: Shop, car: ShownCar) -> None:
    await shop.book_in_two_parts(car)
    await shop.page.get_by_role("heading", name="The rest of the price").wait_for()


async def unanswered(shop: Shop, car: ShownCar) -> None:
    await shop.require_approval(car)
    await at("/cars/{slug}/checkout?start={start}&end={end}")(shop, car)
    await shop.page.get_by_role("heading", name="We confirm this booking ourselves").wait_for()


async def to_be_accepted(shop: Shop, car: ShownCar) -> None:
    await shop.require_approval(car)
    await shop.book(car.slug, car.days)
    await shop.page.get_by_text("We look at each booking of this car").wait_for()


async def never_came(shop: Shop, car: ShownCar) -> None:
    await _in_state(shop, car, "status = 'no_show'")
    await shop.page.get_by_text("Not picked up", exact=True).wait_for()


async def checking(shop: Shop, car: ShownCar) -> None:
    await at("/cars/{slug}/checkout?start={start}&end={end}")(shop, car)
    await shop.fill_in()
    await shop.pay()
    token = shop.page.url.partition("token=")[2]
    await shop.stack.paypal.control("POST", f"orders/{token}/approve", {"funding": "pending"})
    await shop.page.goto(f"/paypal/return?token={token}")
    await shop.page.get_by_role("heading", name="We are checking your payment").wait_for()


def elsewhere(button: str, heading: str) -> Visit:
    """Home from PayPal in a browser that does not know the booking."""

    async def visit(shop: Shop, car: ShownCar) -> None:
        await at("/cars/{slug}/checkout?start={start}&end={end}")(shop, car)
        await shop.fill_in()
        await shop.pay()
        await shop.page.context.clear_cookies()
        await shop.at_paypal(button)
        await shop.page.get_by_role("heading", name=heading).wait_for()

    return visit


async def of_a_day(shop: Shop, _car: ShownCar) -> None:
    await shop.page.goto(f"/policies/terms/{Rules().terms_version}")


async def wrong_message(shop: Shop, _car: ShownCar) -> None:
    await shop.page.goto("/contact")
    await shop.page.evaluate("document.querySelectorAll('main form').forEach(form => form.removeAttribute('data-check') ?? form.submit())")
    await shop.page.locator("#problems").wait_for()


async def landing(shop: Shop, _car: ShownCar) -> None:
    await shop.page.route("**/open.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    await shop.page.goto(f"/booking/{'a' * 43}")


def failing(status: int) -> Visit:
    """An error that a healthy product never shows: its page as it would be sent, with the stack's own files."""

    async def visit(shop: Shop, _car: ShownCar) -> None:
        site = site_of(Settings(public_url=shop.stack.url, support_email="help@cars.example.com"))
        told = {"status": status, "detail": "Something went wrong on our side.", "incident": "0a1b2c3d"}
        body = environment(site, Assets()).get_template("error.html").render(page=told, path="/failing")
        await shop.page.route("**/failing", lambda route: route.fulfill(body=body, content_type="text/html"))
        await shop.page.goto("/failing")

    return visit


PAGES: dict[str, Visit] = {
    "home": at("/"),
    "cars": at("/cars"),
    "cars for days": at("/cars?start={start}&end={end}"),
    "cars for impossible days": at("/cars?start={end}&end={start}"),
    "cars of no such name": at("/cars?q=nothing-is-called-like-this&seats=2"),
    "compared cars": compared,
    "car": at("/cars/{slug}"),
    "car for days": at("/cars/{slug}?start={start}&end={end}"),
    "car for taken days": taken,
    "checkout": at("/cars/{slug}/checkout?start={start}&end={end}"),
    "checkout refused": refused,
    "checkout with choices": chosen,
    "booking confirmed": confirmed,
    "booking shared": shared,
    "booking being changed": changing,
    "booking with a change to pay": waiting,
    "booking held": held,
    "booking lapsed": lapsed,
    "booking cancelled": cancelled,
    "cancelling": booked("cancellation"),
    "giving up": giving_up,
    "booking on the road": on_the_road,
    "booking over": over,
    "booking with a rest to pay": in_two_parts,
    "checkout of a car that we confirm": unanswered,
    "booking to be accepted": to_be_accepted,
    "booking of who never came": never_came,
    "booking being checked": checking,
    "paid in another browser": elsewhere("Approve", "Paid. Thank you"),
    "turned back in another browser": elsewhere("Cancel and return to Exodrive", "Nothing was charged"),
    "receipt": booked("receipt"),
    "sharing": booked("share"),
    "changing": booked("change"),
    "landing": landing,
    "PIN asked": guarded,
    "PIN wrong": guessed,
    "contact": at("/contact"),
    "contact refused": wrong_message,
    "message sent": at("/contact/sent"),
    "policies": at("/policies"),
    "terms": at("/policies/terms"),
    "terms of a day": of_a_day,
    "rental": at("/policies/rental"),
    "cancellation": at("/policies/cancellation"),
    "privacy": at("/policies/privacy"),
    "cookies": at("/policies/cookies"),
    "not found": at("/nowhere"),
    "gone": failing(410),
    "failed": failing(500),
    "away": failing(503),
    "unknown booking": at("/booking/ABCDEFGH"),
    "unknown payment": at("/paypal/return?token=NOTHING"),
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_fit_for_everybody(renter: NewRenter, car: ShownCar, name: str, markup: Markup) -> None:
    shop = await renter()
    await watch_policy(shop.page)
    documents = listen(shop.page)
    await PAGES[name](shop, car)
    assert {route for route, shown_by in sights.SHOP.items() if shown_by == name} <= sights.seen(documents[-1:])
    assert markup.faults(await documents[-1].text()) == []
    assert await violations(shop.page) == []
    await shop.page.emulate_media(color_scheme="dark")
    await settle(shop.page)
    assert await violations(shop.page, COLOURS) == [], "in the dark"
    await shop.page.set_viewport_size(SMALLEST)
    await shop.page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=SMALLEST["width"], timeout=20000)
    assert await small_targets(shop.page) == []
    assert await shop.page.evaluate("window.broken ?? []") == []


def listen(page: Page) -> list[Response]:
    """The documents that a page becomes, one after another."""
    found: list[Response] = []

    def keep(answer: Response) -> None:
        if answer.request.resource_type == "document" and answer.status // 100 != 3:
            found.append(answer)

    page.on("response", keep)
    return found


async def settle(page: Page) -> None:
    """Wait until what was changed is painted."""
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def watch_policy(page: Page) -> None:
    """Remember what the content policy refused, also where the console keeps silent."""
    told = "addEventListener('securitypolicyviolation', e => (window.broken ??= []).push(e.violatedDirective + ' ' + e.blockedURI))"
    await page.add_init_script(told)


async def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds, from the top of the page: a field that lies half under the bar there just now is not too small."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    await page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    found: list[dict[str, Any]] = await page.evaluate(_ASKED, rules)
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


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_pictures_fit_their_places_and_leave_nothing_to_jump(renter: NewRenter, car: ShownCar, viewport: dict[str, int]) -> None:
    for path in ("/", "/cars", f"/cars/{car.slug}"):
        shop = await renter(viewport=viewport)  # somebody new: a browser takes a larger picture that it has
        await shop.page.goto(path)
        await shop.page.wait_for_load_state("networkidle")
        shift = await shop.page.evaluate(
            """new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
               .observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 100); })"""
        )
        assert shift < 0.02, path
        seen: list[tuple[str, float]] = await shop.page.evaluate(
            """[...document.images].filter(one => one.naturalWidth && one.checkVisibility() && one.currentSrc.includes('/fleet/'))
               .map(one => [one.currentSrc, one.getBoundingClientRect().width])"""
        )
        assert seen, path
        large = {name for name, width in seen if width > 640}  # which a browser shows again in a small place
        assert not [name for name, width in seen if "-720." not in name and name not in large], f"{path}: more than its place needs"
        assert not [name for name, width in seen if width >= 800 and "-720." in name], f"{path}: blurred"


async def small_targets(page: Page) -> list[str]:
    """What a thumb would miss: 44 pixels are enough, and links inside a sentence may be smaller."""
    found: list[str] = await page.evaluate(
        """[...document.querySelectorAll(`button, summary, a.btn, a.round, a.chip, .link, .input, label.check, label.choice, nav a,
                                          .foot li a`)]
           .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.vh, dialog:not([open])'))
           .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect(), one.matches('.day')])
           .filter(([, box, isDay]) => box.height < 43.5 || box.width < (isDay ? 36 : 43.5))
           .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    return found
