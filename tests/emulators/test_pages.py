"""The emulators' pages in a real browser: without a script, light and dark, and the inbox that renews itself."""

import re
from collections.abc import Awaitable, Callable

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.emulators.merchant import Merchant, order_body, unit
from tests.emulators.resend.test_api import MAIL, send
from tests.emulators.running import Running

pytestmark = pytest.mark.browser
NewPage = Callable[..., Awaitable[Page]]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible_and_fits(merchant: Merchant, resend: Running, new_page: NewPage, scheme: str, width: int):
    page = await new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    merchant.paid()
    open_one, mail = merchant.order()["id"], send(resend, MAIL).json()["id"]
    checkout = f"{merchant.paypal.url}/checkoutnow?token="
    for address in (f"{checkout}{open_one}", f"{checkout}none", merchant.paypal.url, resend.url, f"{resend.url}/mails/{mail}"):
        await page.goto(address)
        assert (await Axe().run(page)).response["violations"] == []
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("script", [True, False])
async def test_a_payer_approves_and_is_sent_back(merchant: Merchant, resend: Running, new_page: NewPage, script: bool):
    page = await new_page(java_script_enabled=script)
    body = order_body(unit("1800.00"), brand_name="Exodrive", return_url=f"{resend.url}/", cancel_url=f"{resend.url}/")
    order_id = merchant.order(body)["id"]
    await page.goto(f"{merchant.paypal.url}/checkoutnow?token={order_id}")
    await expect(page.get_by_text("1,800.00")).to_be_visible()
    await page.get_by_role("button", name="Approve", exact=True).click()
    await expect(page).to_have_url(re.compile(rf"^{re.escape(resend.url)}/\?token={order_id}&PayerID="))
    assert merchant.capture(order_id).status_code == 201


async def test_a_new_mail_appears_by_itself_and_its_link_opens_a_new_tab(resend: Running, new_page: NewPage):
    page = await new_page()
    await page.goto(resend.url)
    await expect(page.get_by_text("No mail yet")).to_be_visible()
    link = f'<p>Open <a href="{resend.url}/">your booking</a></p>'
    send(resend, MAIL | {"html": link, "subject": "Your booking EX-7"})
    await page.get_by_role("link", name="Your booking EX-7").click()
    async with page.context.expect_page() as opened:
        await page.frame_locator("iframe").get_by_role("link", name="your booking").click()
    tab = await opened.value
    await expect(tab.get_by_role("heading", name="Inbox")).to_be_visible()
    assert "/mails/" in page.url
