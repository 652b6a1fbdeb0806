"""The emulators' pages in a real browser: without a script, light and dark, and the inbox that renews itself."""

import re
from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_pages import settle, violations
from tests.emulators.merchant import Merchant, money, order_body, unit
from tests.emulators.paypal.invoicing.billing import Bills
from tests.emulators.resend.test_api import MAIL, send
from tests.emulators.running import Running

pytestmark = pytest.mark.browser
NewPage = Callable[..., Awaitable[Page]]


def everything(merchant: Merchant) -> str:
    """A hold with captures and a pending refund, a listener, a trick and a fault; the order's id."""
    merchant.paypal.control("webhooks", {"url": "http://127.0.0.1:9/", "id": "1JE4291016473214C"})
    merchant.paypal.control("webhook-rules", {"trick": "drop", "event_type": "VOIDED"})
    merchant.paypal.control("account", {"refunds_pending": True})
    held = merchant.held()["id"]
    merchant.refund(merchant.act(held, "capture", {"amount": money("10.00")}).json()["id"])
    merchant.paypal.fault("status", "/void$")
    return str(merchant.hold(held)["supplementary_data"]["related_ids"]["order_id"])


@pytest.fixture
def _nobody_listens(merchant: Merchant) -> Iterator[None]:
    yield
    merchant.paypal.control("webhooks/1JE4291016473214C", method="DELETE")


@pytest.mark.usefixtures("_nobody_listens")
async def test_every_page_is_accessible_and_fits(merchant: Merchant, resend: Running, new_page: NewPage):
    page = await new_page(reduced_motion="reduce")
    merchant.paid()
    open_one, mail = merchant.order()["id"], send(resend, MAIL).json()["id"]
    order_page, bill = f"{merchant.paypal.url}/orders/{everything(merchant)}", Bills(merchant).sent()
    ways = ("", "holds", "invoices", f"invoices/{bill}", f"invoice/p/{bill}", "invoice/p/none", "ledger", "deliveries", "clock", "faults")
    desk = [f"{merchant.paypal.url}/{way}" for way in ways]
    checkout = f"{merchant.paypal.url}/checkoutnow?token="
    for address in (f"{checkout}{open_one}", f"{checkout}none", *desk, order_page, resend.url, f"{resend.url}/mails/{mail}"):
        await page.goto(address)
        for scheme, width in (("light", 320), ("dark", 1280)):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.set_viewport_size({"width": width, "height": 800})
            await settle(page)
            assert await violations(page) == [], (address, scheme)
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


async def test_a_person_plays_a_hold_through_without_a_script(merchant: Merchant, new_page: NewPage):
    page = await new_page(java_script_enabled=False)
    await page.goto(merchant.paypal.url)
    await page.get_by_role("button", name="Order a sample hold").click()
    await page.get_by_role("link", name="Decide, as the payer").click()
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_role("button", name="Hold the money, as the shop").click()
    await page.get_by_label("Amount").fill("350.00")
    await page.get_by_role("button", name="Capture").click()
    await expect(page.get_by_text("1,650.00 still held")).to_be_visible()
    await page.get_by_role("link", name="Clock", exact=True).click()
    await page.get_by_role("button", name="On by 29 days").click()
    await page.get_by_role("link", name="Holds").click()
    await expect(page.get_by_text("lapsed")).to_be_visible()
    await page.get_by_role("link", name="Ledger").click()
    await expect(page.get_by_role("row", name="USD 350.00 0.00 12.71 337.29")).to_be_visible()


async def test_a_person_plays_a_rental_through_without_a_script(merchant: Merchant, new_page: NewPage):
    page = await new_page(java_script_enabled=False)
    await page.goto(merchant.paypal.url)
    await page.get_by_role("button", name="Order a sample rental").click()
    await page.get_by_role("link", name="Decide, as the payer").click()
    await expect(page.get_by_text("1,290.00")).to_be_visible()
    await page.get_by_role("button", name="Approve, payment stays pending").click()
    await page.get_by_role("button", name="Take the money, as the shop").click()
    await page.get_by_role("button", name="End the review: completed").click()
    await page.get_by_role("button", name="Dispute it, as the payer").click()
    await page.get_by_label("Amount").fill("290.00")
    await page.get_by_role("button", name="Refund").click()
    await expect(page.get_by_text("TRANSACTION_DISPUTED")).to_be_visible()
    await page.get_by_role("button", name="Close the case").click()
    await page.get_by_label("Amount").fill("290.00")
    await page.get_by_role("button", name="Refund").click()
    await expect(page.get_by_text("1,290.00 USD, 290.00 given back")).to_be_visible()
    for event in ("CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED"):
        await expect(page.get_by_role("cell", name=event)).to_be_visible()
    await page.get_by_role("link", name="Ledger").click()
    await expect(page.get_by_role("row", name="USD 1290.00 290.00 45.51 954.49")).to_be_visible()


async def test_a_person_plays_an_invoice_through_without_a_script(merchant: Merchant, new_page: NewPage):
    page = await new_page(java_script_enabled=False)
    await page.goto(f"{merchant.paypal.url}/invoices")
    await page.get_by_role("button", name="Write a sample invoice").click()
    await page.get_by_role("button", name="Send it, as the shop").click()
    shop = page.url
    await page.get_by_role("link", name="Pay, as the payer").click()
    await page.get_by_label("Amount").fill("100.00")
    await page.get_by_role("button", name="Pay", exact=True).click()
    await expect(page.get_by_text("80.00 USD to pay")).to_be_visible()
    await page.get_by_role("button", name="Pay", exact=True).click()
    await expect(page.get_by_text("There is nothing to pay")).to_be_visible()
    await page.goto(shop)
    await expect(page.get_by_role("cell", name="INVOICING.INVOICE.PAID").first).to_be_visible()
    await page.get_by_role("link", name="Ledger").click()
    await expect(page.get_by_role("row", name="USD 180.00 0.00 7.26 172.74")).to_be_visible()


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
