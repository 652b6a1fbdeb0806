"""A real Chromium for the browser journeys; a console error or a violated policy fails the test that caused it."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

#: The shell is the same engine without a window, at two thirds of the cost.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NewPage = Callable[..., Awaitable[Page]]


def program() -> str:
    """Chromium's path; a missing browser is a failure, never a skipped test."""
    named = os.environ.get("TEST_CHROMIUM")
    found = next((path for name in ([named] if named else NAMES) if (path := shutil.which(name))), None)
    assert found, "no Chromium here: apt-get install --yes --no-install-recommends chromium-headless-shell"
    return found


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for this test worker."""
    async with async_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=program(), args=options)
        yield browser
        await browser.close()


@pytest.fixture
async def new_page(chromium: Browser) -> AsyncIterator[NewPage]:
    """Make a page in a fresh context: `await new_page(color_scheme="dark", viewport=..., java_script_enabled=False)`.

    What the console calls an error, an exception in a script, and a violated policy fail the test at its end, unless
    the page was made with `strict=False`; an expected 4xx of the page itself is no such error.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    async def make(*, strict: bool = True, **options: Any) -> Page:
        context = await chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = await context.new_page()
        if strict:
            page.on("console", lambda message: problems.extend(_complaint(message)))
            page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        return page

    yield make
    for context in contexts:
        await context.close()
    assert not problems, "the browser complained:\n" + "\n".join(problems)


def _complaint(message: ConsoleMessage) -> list[str]:
    expected = "Failed to load resource: the server responded with a status of 4"
    if message.type != "error" or message.text.startswith(expected):
        return []
    return [f"{message.location.get('url')}: {message.text}"]


@pytest.fixture
async def browser_page(new_page: NewPage) -> Page:
    """A page at a laptop's size."""
    return await new_page(viewport={"width": 1280, "height": 800})
