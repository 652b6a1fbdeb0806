"""A demo of its own and a camera that looks at its pages in Chromium."""

import base64
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, Page

from tests.browser.test_pages import settle

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}


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
        context.set_default_timeout(60_000)
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

    async def look(self, page: Page, name: str, to: str) -> None:
        """Go to a part of an open page, and shoot it."""
        await page.locator(to).first.evaluate("part => part.scrollIntoView({ block: 'start' })")
        await self.shoot(page, name)
