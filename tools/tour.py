"""Take the pictures of docs/tour.md: a demo of its own, looked at in Chromium, each page once.

Run it as `python -m tools.tour`. What it shows is the demo's invented fleet and a renter who does not exist.
"""

import asyncio
import base64
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, Page, async_playwright

from exodrive.kit import clock
from tests.browser.test_pages import settle
from tests.chromium import program

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
CAR, OTHERS = "averno-v10", ("calvane-gt", "lumira-e")
RENTER = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", "phone": "+1 305 555 0142", "birth_date": "1985-12-10"}


class Demo(NamedTuple):
    """Where a running demo answers."""

    shop: str
    office: str


@contextmanager
def demo() -> Iterator[Demo]:
    """Start a demo in a folder of its own, and stop it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-u", "-m", "exodrive", "demo", "--data", folder, "--port", "8600"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        assert process.stdout is not None
        found: dict[str, str] = {}
        for line in process.stdout:
            if said := re.match(r"\s+(Shop|Back office)\s+(http\S+)", line):
                found[said[1]] = said[2]
            if len(found) == 2:
                break
        try:
            yield Demo(found["Shop"].rstrip("/"), found["Back office"])
        finally:
            process.terminate()
            process.wait()


class Camera:
    """Opens pages and keeps what they look like."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self.browser = browser
        self.demo = demo

    async def page(self, size: dict[str, int] = WIDE, scheme: str = "light") -> Page:
        """A browser of somebody new."""
        look = {"viewport": size, "color_scheme": scheme, "reduced_motion": "reduce"}
        context = await self.browser.new_context(base_url=self.demo.shop, locale="en-US", timezone_id="America/New_York", **look)
        context.set_default_timeout(90_000)
        return await context.new_page()

    async def shoot(self, page: Page, name: str) -> None:
        """Write what is to be seen as WebP, three quarters as large, once fonts and pictures are there."""
        await page.wait_for_load_state("networkidle")
        await page.evaluate("document.fonts.ready")
        await settle(page)
        session = await page.context.new_cdp_session(page)
        size = page.viewport_size or WIDE
        top = await page.evaluate("scrollY")
        clip = {"x": 0, "y": top, "width": size["width"], "height": size["height"], "scale": 0.75}
        taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": 78, "clip": clip})
        (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))
        print(f"  {name}")

    async def see(self, name: str, path: str, to: str = "", size: dict[str, int] = WIDE, scheme: str = "light") -> Page:
        """Open a page, go to one of its parts, and shoot it."""
        page = await self.page(size, scheme)
        await page.goto(path)
        if to:
            await page.locator(to).first.evaluate("part => part.scrollIntoView({ block: 'start' })")
        await self.shoot(page, name)
        return page


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
    await camera.see("search", "/cars?q=spyder&seats=5")
    await camera.see("compare", f"/compare?cars={CAR}&cars={OTHERS[0]}&cars={OTHERS[1]}")
    await camera.see("car", f"/cars/{CAR}?{days}")
    await camera.see("calendar", f"/cars/{CAR}?{days}", "#calendar", scheme="dark")
    page = await camera.see("gallery", f"/cars/{CAR}")
    await page.locator("a[data-shot]").first.click()
    await camera.shoot(page, "gallery")
    await camera.see("contact", "/contact")
    await camera.see("policies", "/policies")
    await camera.see("terms", "/policies/terms")
    await camera.see("not-found", "/nowhere")


async def book(camera: Camera, days: str) -> None:
    """The checkout, PayPal's stand-in, and the private page."""
    page = await camera.see("checkout", f"/cars/{CAR}/checkout?{days}")
    await fill_in(page, RENTER)
    await page.locator("[type=submit][data-working]").click()
    await page.get_by_role("button", name="Approve", exact=True).wait_for()
    await camera.shoot(page, "paypal")
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_text("Confirmed", exact=True).wait_for()
    await camera.shoot(page, "booking")
    await page.goto(page.url.partition("?")[0] + "/receipt")
    await camera.shoot(page, "receipt")


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
    """The back office: every page of its menu, and the file of a booking."""
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
    await page.goto("/admin/bookings")
    await page.get_by_role("link").filter(has_text=re.compile(r"^[0-9A-Z]{8}$")).first.click()
    await camera.shoot(page, "office-booking")


async def main() -> None:
    """Take all pictures, one after another."""
    with demo() as running:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program())
            camera, days = Camera(browser, running), some_days()
            for part in (look_around(camera, days), book(camera, days), hold(camera, days), work(camera)):
                await part
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
