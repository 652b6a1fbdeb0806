"""A deposit held by thumb, and what is taken from it answered on the booking's page."""

from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import pytest
from playwright.async_api import expect

from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.deposits.model import DepositRules
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.claiming.answer import decide
from exodrive.flows.claiming.make import Claimed, claim
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit.ids import BookingId
from tests.browser.test_pages import violations
from tests.builders import Build, days_ahead
from tests.flows.ending import Staff, staff_of
from tests.product import Stack
from tests.shop import IN_HAND, NewRenter, Shop, ShownCar
from tests.web.conftest import build_for

pytestmark = pytest.mark.browser
TARIFFS = Tariffs()


@pytest.fixture
async def build(stack: Stack) -> AsyncIterator[Build]:
    async with build_for(stack) as build:
        yield build


async def hold_on_a_phone(renter: NewRenter, car: ShownCar) -> Shop:
    """A booking for tomorrow with its deposit held, by thumb."""
    shop = await renter(**IN_HAND)
    await shop.book(car.slug, days_ahead(1, 3))
    await expect(shop.page.locator("#deposit")).to_contain_text("Nothing is charged")
    await shop.press(shop.page.get_by_role("button", name="Hold $5,000 with PayPal"))
    await shop.at_paypal("Approve")
    await shop.page.wait_for_url(f"{shop.stack.url}/booking/*")
    return shop


async def rental_over(shop: Shop, build: Build) -> tuple[BookingId, Staff]:
    """The car went out today and is back."""
    await shop.change(
        "update bookings set start_date = start_date - 1, pickup_at = pickup_at - interval '1 day' where reference = $1", shop.reference
    )
    sam = await staff_of(build)
    booking_id = BookingId(UUID(str(await build.value("select id from bookings where reference = $1", shop.reference))))
    await hand_over(sam.door, booking_id, Reading(1000, 100), sam.actor)
    await take_back(TARIFFS, sam.door, booking_id, Reading(1000, 100), sam.actor)
    return booking_id, sam


async def ask_for(amount: str, booking_id: BookingId, sam: Staff) -> Claimed:
    """Staff charge for a scratch and claim it from the deposit."""
    entry = Entry(kind=ChargeKind.DAMAGE, amount=Decimal(amount), reason="A scratch on the left door.")
    await charge(TARIFFS, sam.door, booking_id, entry, sam.actor)
    return await claim(DepositRules(), sam.door, booking_id, sam.actor)


async def shows(shop: Shop, words: str) -> None:
    """Wait for the worker: the page says so once it is opened again."""
    for _look in range(60):
        if words in await shop.page.locator("main").inner_text():
            return
        await shop.page.wait_for_timeout(500)
        await shop.page.reload()
    raise AssertionError(f"the page never said: {words}")


async def test_a_deposit_is_held_on_a_phone_and_nothing_is_charged(renter: NewRenter, car: ShownCar) -> None:
    shop = await hold_on_a_phone(renter, car)
    await expect(shop.page.locator("main")).to_contain_text("is held, not charged")
    assert not await shop.page.get_by_role("button", name="Hold $5,000 with PayPal").count()
    ledger = await shop.stack.paypal.control("GET", "ledger")
    assert [row["status"] for row in ledger["authorizations"] if row["amount"]["value"] == "5000.00"].count("CREATED") >= 1


async def test_a_claim_is_objected_to_upheld_and_taken(renter: NewRenter, car: ShownCar, build: Build) -> None:
    shop = await hold_on_a_phone(renter, car)
    booking_id, sam = await rental_over(shop, build)
    claimed = await ask_for("480.50", booking_id, sam)
    await shop.page.reload()
    await expect(shop.page.locator("#charges")).to_contain_text("A scratch on the left door.")
    await expect(shop.page.locator("#charges")).to_contain_text("We ask for $480.50 of your deposit")
    assert await violations(shop.page) == []
    await shop.press(shop.page.get_by_text("I do not agree"))
    await shop.page.get_by_label("Why not?").fill("It was there at the pick-up.")
    await shop.press(shop.page.get_by_role("button", name="Object"))
    await expect(shop.page.locator("#charges")).to_contain_text("You wrote: It was there at the pick-up.")
    await decide(sam.door, booking_id, claimed.id, sam.actor, "Our picture of the pick-up shows no scratch.", uphold=True)
    await shows(shop, "$480.50 was taken from your deposit")
    await expect(shop.page.locator("#charges")).to_contain_text("Our picture of the pick-up shows no scratch.")


async def test_a_claim_is_accepted_by_thumb(renter: NewRenter, car: ShownCar, build: Build) -> None:
    shop = await hold_on_a_phone(renter, car)
    booking_id, sam = await rental_over(shop, build)
    await ask_for("120", booking_id, sam)
    await shop.page.reload()
    await shop.press(shop.page.get_by_role("button", name="Accept"))
    await shows(shop, "$120.00 was taken from your deposit")
