"""Take the pictures of docs/tour.md: a demo of its own, looked at in Chromium, each page once.

Run it as `python -m tools.tour`. What it shows is the demo's invented fleet and a renter who does not exist.
"""

import asyncio
import re
from datetime import timedelta

from playwright.async_api import Page, async_playwright

from exodrive.kit import clock
from tests.chromium import program
from tools.camera import PHONE, Camera, demo

CAR, OTHERS = "averno-v10", ("calvane-gt", "lumira-e")
RENTER = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", "phone": "+1 305 555 0142", "birth_date": "1985-12-10"}


def some_days() -> str:
    """A Tuesday to Thursday so far ahead that the demo's own renters leave them free, as a query."""
    start = clock.now().date() + timedelta(days=120)
    start += timedelta(days=(1 - start.weekday()) % 7)
    return f"start={start}&end={start + timedelta(days=2)}"


async def fill_in(page: Page, renter: dict[str, str]) -> None:
    """Say who drives, and accept the terms."""
    for name, value in renter.items():
        await page.locator(f"#{name}").fill(value)
    await page.locator("#terms").check()


async def look_around(camera: Camera, days: str) -> None:
    """The pages that anybody sees."""
    await camera.see("home", "/")
    await camera.see("home-dark-phone", "/", size=PHONE, scheme="dark")
    await camera.see("cars", f"/cars?{days}")
    await camera.see("cars-dark-phone", f"/cars?{days}", "#found", size=PHONE, scheme="dark")
    await camera.see("search", "/cars?q=spyder&seats=5")
    await camera.see("compare", f"/compare?cars={CAR}&cars={OTHERS[0]}&cars={OTHERS[1]}")
    await camera.see("car", f"/cars/{CAR}?{days}")
    await camera.see("car-phone", f"/cars/{CAR}?{days}", size=PHONE)
    await camera.see("calendar", f"/cars/{CAR}?{days}", "#calendar", scheme="dark")
    await camera.see("calendar-phone", f"/cars/{CAR}?{days}", "#calendar", size=PHONE)
    page = await camera.see("gallery", f"/cars/{CAR}")
    await page.locator("a[data-shot]").first.click()
    await camera.shoot(page, "gallery")
    for name in ("terms", "rental", "cancellation", "privacy", "cookies"):
        await camera.see(f"policy-{name}", f"/policies/{name}")
    await camera.see("policies", "/policies")
    await camera.see("not-found", "/nowhere", scheme="dark")


async def write(camera: Camera) -> None:
    """The contact form, and what is said once it is sent."""
    page = await camera.see("contact", "/contact")
    for name, value in (("name", "Ada Byron"), ("email", RENTER["email"]), ("text", "Is there a place for a cello?")):
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name="Send the message").click()
    await page.wait_for_url("**/contact/sent")
    await camera.shoot(page, "message-sent")


async def book(camera: Camera, days: str) -> None:
    """The checkout with an error and without, PayPal's stand-in, and the private page; then the car is not free on these days."""
    page = await camera.see("checkout", f"/cars/{CAR}/checkout?{days}")
    await fill_in(page, RENTER | {"phone": "none"})
    await page.locator("#phone-error:not(:empty)").wait_for()
    await camera.look(page, "checkout-error", ".part")
    await page.locator("#phone").fill(RENTER["phone"])
    await page.locator("[type=submit][data-working]").click()
    await page.get_by_role("button", name="Approve", exact=True).wait_for()
    await camera.shoot(page, "paypal")
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_text("Confirmed", exact=True).wait_for()
    await camera.shoot(page, "booking")
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark")
    await camera.look(page, "booking-dark-phone", "#where")
    await page.emulate_media(color_scheme="light")
    await go_on(camera, page, page.url.partition("?")[0])
    await camera.see("car-taken", f"/cars/{CAR}?{days}", "#calendar")


async def go_on(camera: Camera, page: Page, booking: str) -> None:
    """What its renter does with a booking: change it, share it, keep its receipt."""
    await page.goto(f"{booking}/change")
    await camera.shoot(page, "change-phone")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_label("Action camera").check()
    await page.get_by_role("button", name="Show the new price").click()
    await page.locator("#preview").wait_for()
    await camera.look(page, "change-preview", "#change")
    await page.goto(f"{booking}/receipt")
    await camera.shoot(page, "receipt")
    await page.goto(f"{booking}/cancellation")
    await camera.shoot(page, "cancel")
    await page.goto(f"{booking}/share")
    await camera.shoot(page, "share")
    landing = await camera.page()
    await landing.route("**/open.js", lambda route: route.fulfill(body="", content_type="text/javascript"))  # which opens it at once
    await landing.goto(await page.get_by_label("Private link").input_value())
    await camera.shoot(landing, "landing")


async def hold(camera: Camera, days: str) -> None:
    """A booking that waits for its payment, on a phone."""
    page = await camera.page(PHONE)
    await page.goto(f"/cars/{OTHERS[0]}/checkout?{days}")
    await camera.shoot(page, "checkout-phone")
    await fill_in(page, RENTER | {"email": "grace@example.com", "first_name": "Grace"})
    await page.locator("[type=submit][data-working]").click()
    await page.get_by_role("button", name="Cancel and return to Exodrive").click()
    await page.locator("ex-countdown").wait_for()
    await camera.shoot(page, "booking-held")


async def work(camera: Camera) -> None:
    """The back office: every page of its menu, price rules one by one, and the file of a booking."""
    page = await camera.page()
    await page.goto("/admin/sign-in")
    await camera.shoot(page, "office-sign-in")
    await page.goto(camera.demo.office)
    await page.get_by_role("button", name="Open the back office").click()
    await page.wait_for_url("**/admin/bookings")
    menu = await page.locator('.top nav a[href^="/admin/"]').evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for path in dict.fromkeys(menu):
        await page.goto(path)
        await camera.shoot(page, "office-" + path.rpartition("/")[2])
    await set_prices(camera, page)
    await page.goto("/admin/bookings")
    await page.get_by_role("link").filter(has_text=re.compile(r"^[0-9A-Z]{8}$")).first.click()
    await camera.shoot(page, "office-booking")
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark")
    await page.goto("/admin/bookings")
    await camera.shoot(page, "office-bookings-dark-phone")
    await review(camera, page)


async def set_prices(camera: Camera, page: Page) -> None:
    """A new rule, what it would change, and what was in force before."""
    await page.goto("/admin/prices/new?kind=season")
    await camera.shoot(page, "office-price-form")
    await page.goto("/admin/prices")
    await page.get_by_role("link", name=re.compile("^Replace Florida sales tax")).click()
    await page.locator("[name=percent]").fill("8")
    await page.get_by_role("button", name="Show the price before and after").click()
    await page.locator("#compared").wait_for()
    await camera.shoot(page, "office-price-preview")
    await page.goto("/admin/prices/history")
    await camera.shoot(page, "office-price-history")


async def review(camera: Camera, office: Page) -> None:
    """A rental that is over and of which nobody said anything yet, seen by its renter through a new link from staff."""
    await office.goto("/admin/bookings?status=completed")
    files = await office.locator("tbody th a").evaluate_all("links => links.map(link => link.href)")
    for file in files:
        await office.goto(file)
        await office.get_by_role("button", name="Make a new link").click()
        page, link = await camera.page(), (await office.locator("#new-link .code").inner_text()).strip()
        await page.goto(link)
        await page.wait_for_url(re.compile(r"/booking/[0-9A-Z]{8}$"))
        if await page.get_by_role("button", name="Send the review").count():
            await camera.look(page, "review-form", "#review")
            await ask_for_pin(camera, office, page, link)
            return
    raise AssertionError("every rental of the demo has its review")


async def ask_for_pin(camera: Camera, office: Page, page: Page, link: str) -> None:
    """The second step of a link that staff put a PIN in front of."""
    await office.get_by_role("button", name="Ask for a PIN").click()
    await office.locator("#new-pin").wait_for()
    await page.goto(link)
    await page.get_by_label("PIN").wait_for()
    await camera.shoot(page, "pin")


async def main() -> None:
    """Take all pictures, one after another."""
    with demo() as running:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program())
            camera, days = Camera(browser, running), some_days()
            for part in (look_around(camera, days), write(camera), book(camera, days), hold(camera, days), work(camera)):
                await part
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
