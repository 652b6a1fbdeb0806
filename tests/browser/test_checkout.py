"""The form: nothing typed is lost, errors stand at their fields, the price follows the choice, and it is sent once."""

import asyncio
from contextlib import suppress

import pytest
from playwright.async_api import Error, Route, expect

from tests.shop import NewRenter, Shop, ShownCar

pytestmark = pytest.mark.browser


async def open_checkout(shop: Shop, car: ShownCar) -> None:
    await shop.page.goto(f"/cars/{car.slug}/checkout?start={car.days.start}&end={car.days.end}")


async def test_a_field_is_judged_when_it_is_left_never_while_typing(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    email = shop.page.locator("#email")
    await email.press_sequentially("ada")
    await expect(shop.page.locator("#email-error")).to_have_text("")
    await email.press("Tab")
    await expect(shop.page.locator("#email-error")).to_have_text("Please give an e-mail address, such as name@example.com.")
    await email.fill("ada@example.com")
    await expect(shop.page.locator("#email-error")).to_have_text("")


async def test_the_server_too_judges_a_field_that_is_left_and_it_is_said_aloud(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    email, error, told = (shop.page.locator(one) for one in ("#email", "#email-error", "#checkout [role=status]"))
    await email.fill("ada@example")  # which a browser takes for an address
    await expect(error).to_have_text("")
    await email.press("Tab")
    await expect(error).to_have_text("Please give an e-mail address, such as name@example.com.")
    await expect(told).to_have_text("E-mail: Please give an e-mail address, such as name@example.com.")
    await expect(email).to_have_attribute("aria-invalid", "true")
    await expect(email).to_have_value("ada@example")
    await email.fill("ada@example.com")
    await expect(error).to_have_text("")
    await email.press("Tab")
    await expect(email).not_to_have_attribute("aria-invalid", "true")


async def test_who_is_too_young_hears_it_on_leaving_the_date_of_birth(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    birth = shop.page.locator("#birth_date")
    await birth.fill("2020-01-01")
    await birth.blur()
    await expect(shop.page.locator("#birth_date-error")).to_have_text(
        "The driver of this car must be at least 25 years old on the day of pick-up."
    )
    await expect(birth).to_have_value("2020-01-01")
    await birth.fill("1985-12-10")
    await expect(shop.page.locator("#birth_date-error")).to_have_text("")


async def test_a_field_that_was_emptied_is_missed_and_one_that_was_passed_by_is_not(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    first, last = shop.page.locator("#first_name"), shop.page.locator("#last_name")
    await first.fill("Ada")
    await first.fill("")
    await first.press("Tab")
    await last.press("Tab")
    await expect(shop.page.locator("#first_name-error")).to_have_text("Please fill this in.")
    await expect(shop.page.locator("#last_name-error")).to_have_text("")


async def test_the_hours_are_folded_away_until_another_is_wanted_or_needed(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    folds, pickup = shop.page.locator("details.when"), shop.page.locator("#pickup_time")
    await expect(folds.locator("b")).to_have_text(["10:00\u202fAM", "6:00\u202fPM"])
    await expect(pickup).to_be_hidden()
    await folds.first.locator("summary").click()
    await pickup.select_option("22:00")
    await expect(folds.first.locator("b")).to_have_text("10:00\u202fPM")
    await expect(shop.page.locator("#pickup_time-error")).not_to_have_text("")
    await folds.first.locator("summary").click()
    await expect(pickup).to_be_hidden()
    await shop.fill_in()
    await shop.pay_button().click()
    await expect(shop.page.locator("#problems")).to_contain_text("Pick-up time")
    await expect(pickup).to_be_visible()
    await expect(pickup).to_have_value("22:00")
    await expect(shop.page.locator("#dropoff_time")).to_be_hidden()


async def test_the_button_shows_that_it_is_at_work_and_sends_once(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    await shop.fill_in()
    sent: list[str] = []

    async def leave_as_it_is(route: Route) -> None:
        sent.append(route.request.url)
        await route.fulfill(status=204)  # a browser stays where it is

    await shop.page.route("**/checkout", leave_as_it_is)
    await shop.pay_button().click()
    working = shop.page.get_by_role("button", name="One moment…")
    await expect(working).to_have_attribute("aria-disabled", "true")
    await working.dispatch_event("click")
    await expect(working).to_be_visible()
    assert len(sent) == 1


async def test_a_refused_form_keeps_what_was_typed_and_focuses_the_first_error(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    await shop.fill_in(phone="call me")
    await shop.page.locator("#notes").fill("I arrive by train.")
    await shop.pay_button().click()
    await expect(shop.page.locator("#problems")).to_contain_text("One field needs your attention")
    wrong = shop.page.locator("#phone")
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(wrong).to_be_focused()
    await expect(shop.page.locator("#phone-error")).to_contain_text("Please give a phone number")
    kept = {name: await shop.page.locator(f"#{name}").input_value() for name in ("email", "first_name", "phone", "notes")}
    assert kept == {"email": shop.email, "first_name": "Ada", "phone": "call me", "notes": "I arrive by train."}
    assert await shop.page.locator("#terms").is_checked()
    await wrong.fill("+1 305 555 0142")
    await shop.pay()


async def test_the_price_follows_the_delivery(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    await expect(shop.pay_button()).to_have_text("Pay $3,306.30 with PayPal")
    await shop.fill_in()
    await shop.page.locator("#pickup_location_id .delivers").check()
    await expect(shop.pay_button()).to_have_text("Pay $3,466.80 with PayPal")
    assert await shop.page.locator("#email").input_value() == shop.email
    await shop.page.locator("#pickup_address_line1").fill("1 Ocean Drive")
    await shop.page.locator("#pickup_address_city").fill("Miami Beach")
    await shop.pay()


async def test_a_double_click_books_once(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    await open_checkout(shop, car)
    await shop.fill_in()
    await shop.pay_button().dblclick()
    await shop.page.wait_for_url(f"{shop.stack.paypal.url}/**")
    async with shop.stack.doors.service().scope() as db:
        assert await db.fetchval("select count(*) from bookings where contact_email = $1", shop.email) == 1


async def test_who_comes_too_late_goes_on_with_free_days_and_types_nothing_twice(renter: NewRenter, car: ShownCar) -> None:
    slow, quick = await renter(), await renter()
    await open_checkout(slow, car)
    await slow.fill_in()
    await quick.book(car.slug, car.days)
    await slow.pay_button().click()
    await expect(slow.page.locator("#notice")).to_contain_text("Car just got booked")
    await slow.page.locator("#notice button").first.click()
    await expect(slow.page.locator("#notice")).to_have_count(0)
    assert await slow.page.locator("#email").input_value() == slow.email
    assert await slow.page.locator("#terms").is_checked()
    await slow.pay()
    await slow.at_paypal("Approve")
    await expect(slow.page.get_by_text("Confirmed", exact=True)).to_be_visible()


async def test_days_that_are_taken_lead_back_to_the_calendar(renter: NewRenter, car: ShownCar) -> None:
    shop, other = await renter(), await renter()
    await other.book(car.slug, car.days)
    await open_checkout(shop, car)
    assert shop.page.url.endswith(f"/cars/{car.slug}?start={car.days.start}&end={car.days.end}#book")
    await expect(shop.page.locator("#quote")).to_contain_text("The car is not free on all of these days.")
    near = shop.page.locator("#quote").get_by_role("link").first
    await near.click()
    await expect(shop.page.get_by_role("link", name="Continue to checkout")).to_be_visible()


async def test_own_details_can_be_changed_until_the_pick_up(renter: NewRenter, car: ShownCar) -> None:
    shop = await renter()
    reference = await shop.book(car.slug, car.days)
    await shop.page.get_by_text("Change name, phone or notes").click()
    await shop.page.locator("#phone").fill("nonsense")
    await shop.page.get_by_role("button", name="Save").click()
    await expect(shop.page.locator("#phone-error")).to_contain_text("Please give a phone number")
    await shop.page.locator("#phone").fill("+44 20 7946 0000")
    await shop.page.get_by_role("button", name="Save").click()
    await expect(shop.page.get_by_text("Your details are saved.")).to_be_visible()
    await expect(shop.page.locator("#details")).to_contain_text("+44 20 7946 0000")
    await shop.change("update bookings set pickup_at = exodrive_private.now() - interval '1 hour' where reference = $1", reference)
    await shop.page.reload()
    await expect(shop.page.get_by_text("Change name, phone or notes")).to_have_count(0)


@pytest.mark.parametrize("waits", [(0.5, 1.0), (1.0, 0.5)], ids=["in their order", "the first one late"])
async def test_the_price_is_that_of_the_last_choice_however_the_answers_come(
    renter: NewRenter, car: ShownCar, waits: tuple[float, float]
) -> None:
    shop = await renter()
    await shop.offer(car)
    await open_checkout(shop, car)
    left, answered = list(waits), asyncio.Event()

    async def dawdle(route: Route) -> None:
        await asyncio.sleep(left.pop(0))
        with suppress(Error):  # the page may have given up on it
            await route.continue_()
        if not left:
            answered.set()

    await shop.page.route("**/checkout/price", dawdle)
    await shop.page.locator("[name=waiver][value=full]").check()
    await shop.page.locator("[name=part_payment][value=true]").check()
    await answered.wait()
    await shop.page.wait_for_load_state("networkidle")
    price = shop.page.locator("#price")
    await expect(price).to_contain_text("To be paid by")
    await expect(price).to_contain_text("Full cover")
