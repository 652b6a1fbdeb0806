"""Agreeing in the checkout that the deposit is held from the wallet that pays: where the house does that, and never ticked for anybody."""

from dataclasses import replace
from datetime import time, timedelta

import msgspec
import pytest

from exodrive.deposits.model import DepositRules
from exodrive.kit.days import moment_at
from exodrive.web.shell.pages import environment
from exodrive.web.shell.static import Assets
from exodrive.web.storefront.checkout_form import order_of
from exodrive.web.storefront.checkout_view import CheckoutPage, Form, checkout_page
from tests.builders import Build, days_ahead
from tests.garage import ZONE
from tests.web.shell.test_display import SITE
from tests.web.storefront.test_checkout_form import FORM


async def shown(build: Build, rules: DepositRules) -> CheckoutPage:
    """The checkout of a day, some hours before its pick-up."""
    world, car, days = replace(build.world, deposits=rules), await build.car(), days_ahead(5)
    now = moment_at(days.start, time(10), ZONE) - timedelta(hours=23)
    async with build.doors.anon().scope() as db:
        return await checkout_page(db, world, car.slug, days, now, Form())


def written(page: CheckoutPage) -> str:
    template = environment(SITE, Assets()).get_template("storefront/checkout.html")
    return str(template.render(page=page, path="/cars/x/checkout", nonce="n", once_more="", asked={}, shown_in=""))


async def test_it_is_offered_in_plain_words_and_not_ticked(build: Build) -> None:
    page = await shown(build, DepositRules(wallet=True))
    assert page.wallet == "$5,000"
    text = written(page)
    assert "Hold the deposit from the PayPal wallet I pay with" in text
    assert "we hold $5,000 by it: held, not charged" in text
    [box] = [tag for tag in text.split("<input") if 'name="keep_wallet"' in tag]
    assert " checked" not in box.partition(">")[0]
    again = written(msgspec.structs.replace(page, values=page.values | {"keep_wallet": "true"}))
    [box] = [tag for tag in again.split("<input") if 'name="keep_wallet"' in tag]
    assert " checked" in box.partition(">")[0], "what was ticked stays when the form comes back"


@pytest.mark.parametrize("rules", [DepositRules(), DepositRules(wallet=True, one_order=True)])
async def test_it_is_not_offered_where_the_house_does_not_or_one_approval_holds_it_anyhow(build: Build, rules: DepositRules) -> None:
    page = await shown(build, rules)
    assert page.wallet == ""
    assert "keep_wallet" not in written(page)


def test_the_form_says_so_and_who_does_not_has_not_agreed() -> None:
    assert order_of(FORM | {"keep_wallet": "true"}).keep_wallet
    assert not order_of(FORM).keep_wallet
