"""Rental and deposit approved at once, on the pages: before the press it is said what is charged and what is held."""

import html
from dataclasses import replace
from datetime import time, timedelta

import msgspec

from exodrive.deposits.model import DepositRules
from exodrive.fleet import store as fleet
from exodrive.kit.days import moment_at
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import booking_page
from exodrive.web.shell import pages
from exodrive.web.shell.static import Assets
from exodrive.web.storefront.booking_view import view_of
from exodrive.web.storefront.checkout_view import PriceView, price_view
from exodrive.web.storefront.deposit_words import approved_together
from tests.builders import Build, days_ahead
from tests.garage import ZONE, MadeCar
from tests.web.shell.test_display import SITE

RULES, HOUR = DepositRules(one_order=True), timedelta(hours=1)
SAID = "is charged now, and the deposit of $5,000 is held, not charged."


async def priced(build: Build, car: MadeCar, before: timedelta, length: int = 1, rules: DepositRules = RULES) -> PriceView:
    """The checkout's price, so long before the pick-up at ten."""
    days = days_ahead(5, length)
    now = moment_at(days.start, time(10), ZONE) - before
    async with build.doors.anon().scope() as db:
        ours = await fleet.active_locations(db)
        view, _look = await price_view(db, replace(build.world, deposits=rules), car.slug, days, now, {}, ours)
    return view


async def test_the_checkout_says_it_where_pick_up_and_return_are_near_and_nowhere_else(build: Build) -> None:
    car = await build.car()
    view = await priced(build, car, 23 * HOUR)
    assert SAID in view.together
    assert f"{view.bill.total} is charged now" in view.together
    assert [(await priced(build, car, *other)).together for other in ((25 * HOUR,), (23 * HOUR, 4), (23 * HOUR, 1, DepositRules()))] == [
        ""
    ] * 3
    picky, free = await build.car(requires_approval=True), await build.car(price={"deposit_amount": 0})
    assert [(await priced(build, other, 23 * HOUR)).together for other in (picky, free)] == ["", ""]


async def test_it_stands_above_the_button_that_pays(build: Build) -> None:
    car = await build.car()
    page = pages.environment(SITE, Assets()).get_template("parts/pay.html").module
    together, apart = [page.pay(await priced(build, car, before)) for before in (23 * HOUR, 25 * HOUR)]
    assert SAID in html.unescape(together)
    assert "is held with the payment, not charged" in together
    assert "is held near your pick-up, not charged" in apart
    assert "At PayPal you approve" not in apart


async def test_the_page_of_a_held_booking_says_it_until_it_was_tried(build: Build) -> None:
    made = await build.held(days=days_ahead(5))
    async with build.doors.token(hash_of(made.token)).scope() as db:
        page = await booking_page(db, made.reference)
    now = page.pickup_at - 23 * HOUR
    assert SAID in view_of(page, msgspec.structs.replace(SITE, deposits=RULES), now).together
    assert view_of(page, SITE, now).together == ""
    assert approved_together(page, RULES, page.pickup_at - 25 * HOUR) == ""
    assert approved_together(msgspec.structs.replace(page, approval_hours=24), RULES, now) == ""
