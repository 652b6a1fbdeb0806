"""Prices in another currency by the address alone."""

from decimal import Decimal

import pytest

from exodrive.web.shell import display
from exodrive.web.shell.site import Site

RATES = {"EUR": Decimal("0.92"), "JPY": Decimal(157)}
SITE = Site(
    public_url="http://cars.test", company_name="Cars", company_address="", support_email="", support_phone="", locale="en_US", map_url="",
    paypal_web_url="", display_currency="USD", display_rates=RATES,
)  # fmt: skip


@pytest.mark.parametrize(("asked", "chosen"), [("EUR", "EUR"), ("USD", ""), ("CHF", ""), ("eur", ""), ("", ""), ("<b>", "")])
def test_only_a_currency_with_a_rate_is_shown(asked: str, chosen: str) -> None:
    assert display.chosen_in(asked, SITE) == chosen


def test_an_amount_is_said_about_and_only_where_it_is_asked_for() -> None:
    assert display.about(SITE, Decimal("1290.50"), "USD") == ""
    with display.showing("EUR"):
        assert display.about(SITE, Decimal("1290.50"), "USD") == '<small class="about">about €1,187</small>'
        assert display.about(SITE, Decimal(1290), "GBP") == ""
    with display.showing("JPY"):
        assert display.about(SITE, Decimal("0.01"), "USD") == '<small class="about">about ¥2</small>'
    assert display.about(SITE, Decimal(1290), "USD") == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="/">', '<a href="/?currency=EUR">'),
        ('<a class="x" href="/#how">', '<a class="x" href="/?currency=EUR#how">'),
        ('<a href="/cars/x?start=1&amp;end=2#book">', '<a href="/cars/x?start=1&amp;end=2&amp;currency=EUR#book">'),
        ('<a href="/compare?cars=a,b">', '<a href="/compare?cars=a,b&amp;currency=EUR">'),
        ('<a href="/policies/terms">', '<a href="/policies/terms">'),
        ('<a href="https://maps.example/cars">', '<a href="https://maps.example/cars">'),
        ('<link href="/cars">', '<link href="/cars">'),
        ('<form method="get" action="/cars">', '<form method="get" action="/cars"><input type="hidden" name="currency" value="EUR">'),
        ('<form method="post" action="/cars">', '<form method="post" action="/cars">'),
        ('<form action="/cars">', '<form action="/cars">'),
    ],
)
def test_links_and_forms_to_pages_with_prices_go_on_asking_for_it(before: str, after: str) -> None:
    assert display.carried(before, "EUR") == after
