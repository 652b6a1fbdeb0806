"""What can happen at PayPal, and what the renter sees then."""

import pytest
from playwright.async_api import expect

from tests.shop import IN_HAND, NewRenter, ShownCar

pytestmark = pytest.mark.browser


async def test_a_declined_payment_can_be_tried_again(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.book_by_hand(car.slug, car.days, "Approve, funding declined")
    await expect(shop.page.get_by_role("status")).to_contain_text("PayPal declined the payment, and nothing was charged")
    await expect(shop.page.get_by_text("Held for you, not paid")).to_be_visible()
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(shop.page.get_by_text("Confirmed", exact=True)).to_be_visible()


async def test_turning_back_leaves_the_days_held(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.book_by_hand(car.slug, car.days, "Cancel and return to Exodrive")
    await expect(shop.page.get_by_role("status")).to_contain_text("You turned back at PayPal")
    left = await shop.page.locator("ex-countdown").inner_text()
    minutes, _, seconds = left.partition(":")
    assert int(minutes) in (18, 19, 20)
    assert len(seconds) == 2
    await expect(shop.pay_button()).to_be_visible()


async def test_who_walks_away_after_approving_is_confirmed_all_the_same(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await shop.fill_in()
    await shop.pay()
    await shop.at_paypal("Approve, but never return")
    await shop.page.goto(f"/booking/{await shop.reference_in_cookies()}")
    for _look in range(20):
        if await shop.page.get_by_text("Confirmed", exact=True).count():
            return
        await shop.page.wait_for_timeout(500)
        await shop.page.reload()
    raise AssertionError("PayPal's notice did not confirm the booking")


async def test_the_rest_of_a_price_is_paid_on_a_phone(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter(**IN_HAND)
    await shop.book_in_two_parts(car)
    await expect(shop.page.get_by_role("heading", name="The rest of the price")).to_be_visible()
    await shop.pay()
    await shop.at_paypal("Cancel and return to Exodrive")
    await expect(shop.page.get_by_role("status")).to_contain_text("You turned back at PayPal")
    await shop.pay()
    await shop.at_paypal("Approve")
    await expect(shop.page.locator("main")).to_contain_text("Paid: $3,306.30 by PayPal")
    assert not await shop.pay_button().count()


async def test_a_pending_payment_is_being_checked_until_the_page_shows_its_end_by_itself(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await shop.fill_in()
    await shop.pay()
    token = shop.page.url.partition("token=")[2]
    await shop.stack.paypal.control("POST", f"orders/{token}/approve", {"funding": "pending"})
    await shop.page.goto(f"/paypal/return?token={token}")
    await expect(shop.page.get_by_role("heading", name="We are checking your payment")).to_be_visible()
    assert not await shop.pay_button().count()
    await shop.change("update bookings set status = 'upcoming' where reference = $1", shop.reference)
    await expect(shop.page.get_by_text("Confirmed", exact=True)).to_be_visible(timeout=15_000)


async def test_coming_back_in_another_browser_says_nothing_personal(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await shop.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")
    await shop.fill_in()
    await shop.pay()
    token = shop.page.url.partition("token=")[2]
    await shop.stack.paypal.control("POST", f"orders/{token}/approve", {"funding": "instant"})
    stranger = await renter()
    await stranger.page.goto(f"/paypal/return?token={token}")
    await expect(stranger.page.get_by_role("heading", name="Paid. Thank you")).to_be_visible()
    said = await stranger.page.content()
    assert not [secret for secret in (shop.email, "Ada", "Byron", car.name, await shop.reference_in_cookies()) if secret in said]
    assert not await stranger.page.context.cookies()
