"""An invoice for what came beside the rental, paid on PayPal's page."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from playwright.async_api import expect

from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.draft import Wish, draft
from exodrive.kit import clock
from exodrive.kit.ids import BookingId
from tests.browser.test_deposit import shows
from tests.browser.test_pages import violations
from tests.builders import Build, days_ahead
from tests.flows.ending import staff_of
from tests.product import Stack
from tests.shop import IN_HAND, NewRenter, Shop, ShownCar
from tests.web.conftest import build_for

pytestmark = pytest.mark.browser
_BACK = """update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '2 hours',
           returned_at = exodrive_private.now() - interval '1 hour' where reference = $1"""


@pytest.fixture
async def build(stack: Stack) -> AsyncIterator[Build]:
    async with build_for(stack) as build:
        yield build


async def invoiced(shop: Shop, build: Build) -> None:
    """The rental is over, and staff send an invoice for a scratch."""
    await shop.change(_BACK, shop.reference)
    sam = await staff_of(build)
    booking_id = BookingId(UUID(str(await build.value("select id from bookings where reference = $1", shop.reference))))
    entry = Entry(kind=ChargeKind.DAMAGE, amount=Decimal("480.50"), reason="A scratch on the left door.")
    await charge(Tariffs(), sam.door, booking_id, entry, sam.actor)
    wish = Wish(due_on=(clock.now() + timedelta(days=14)).date(), note="Thank you for driving with us.")
    told = await draft(sam.door, booking_id, wish, sam.actor)
    await decide.send(sam.door, booking_id, told.number, sam.actor)


async def test_an_invoice_is_paid_on_paypals_page(renter: NewRenter, car: ShownCar, build: Build) -> None:
    shop = await renter(**IN_HAND)
    await shop.book(car.slug, days_ahead(1, 3))
    await invoiced(shop, build)
    await shows(shop, "Pay with your phone")  # its code comes a moment after it was sent
    assert await violations(shop.page) == []
    await shop.press(shop.page.get_by_text("Pay with your phone"))
    await expect(shop.page.get_by_role("img", name="Code of PayPal’s page")).to_be_visible()
    page = shop.page.url
    await shop.press(shop.page.get_by_role("link", name="Pay $480.50 at PayPal"))
    await shop.press(shop.page.get_by_role("button", name="Pay", exact=True))
    await expect(shop.page.get_by_text("Paid. Thank you.")).to_be_visible()
    await shop.page.goto(page)
    await shows(shop, "$480.50 is paid.")
    await expect(shop.page.locator("#invoices")).not_to_contain_text("Pay $480.50 at PayPal")
