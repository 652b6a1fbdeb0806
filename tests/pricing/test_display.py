"""Prices in another currency, to look at."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.money import Money, quantum
from exodrive.pricing.display import rates, shown_in
from exodrive.pricing.words import about
from tests.pricing.prices import amounts

TABLE = rates("EUR:0.92, JPY:157.3,KWD:0.306")


def test_rates_are_read_from_a_line():
    assert {"EUR": Decimal("0.92"), "JPY": Decimal("157.3"), "KWD": Decimal("0.306")} == TABLE
    assert rates("") == rates(" , ") == {}


@pytest.mark.parametrize("text", ["EUR", "EUR:", "eur:1", "EURO:1", "EUR:-1", "EUR:0", "EUR:1e5", "EUR 1", "EUR:1:2"])
def test_a_rate_that_is_none_is_named(text):
    with pytest.raises(ValueError, match=r"such as EUR:0\.92"):
        rates(f"JPY:157,{text}")


def test_an_amount_is_rounded_to_what_the_currency_can_pay():
    price = Money(Decimal("1290.00"), "USD")
    assert shown_in(price, "EUR", TABLE) == Money(Decimal("1186.80"), "EUR")
    assert shown_in(price, "JPY", TABLE) == Money(Decimal(202917), "JPY")
    assert shown_in(price, "KWD", TABLE) == Money(Decimal("394.740"), "KWD")


def test_nothing_is_shown_without_a_rate_or_for_the_currency_that_is_charged():
    assert shown_in(Money(Decimal(1), "USD"), "GBP", TABLE) is None
    assert shown_in(Money(Decimal(1), "EUR"), "EUR", TABLE) is None


@given(amounts(high="99999999"), amounts(high="99999999"), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_costs_more_never_looks_cheaper(one, two, currency):
    low, high = (shown_in(Money(amount, "USD"), currency, TABLE) for amount in sorted((one, two)))
    assert 0 <= low.amount <= high.amount
    assert low.amount % quantum(currency) == 0


def test_a_converted_amount_is_told_as_what_it_is():
    assert about(Money(Decimal("1186.80"), "EUR")) == "about €1,186.80"
