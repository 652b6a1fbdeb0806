"""Exact amounts, rounded to what a currency can pay."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.money import Money, currencies, is_storable, quantum, round_money

amounts = st.decimals(min_value=-(10**7), max_value=10**7, places=4)


@pytest.mark.parametrize(("currency", "smallest"), [("USD", "0.01"), ("EUR", "0.01"), ("JPY", "1"), ("KRW", "1"), ("KWD", "0.001")])
def test_a_currency_has_a_smallest_amount(currency, smallest):
    assert quantum(currency) == Decimal(smallest)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("1.005", "USD", "1.01"), ("1.004", "USD", "1.00"), ("2.5", "JPY", "3"), ("1.5", "JPY", "2"), ("1.0005", "KWD", "1.001")],
)
def test_halves_are_rounded_up(amount, currency, rounded):
    assert str(round_money(Decimal(amount), currency)) == rounded


def test_currencies_are_those_of_today_and_two_decimals_can_be_stored():
    assert {"USD", "EUR", "JPY", "AED", "KWD"} <= currencies()
    assert currencies().isdisjoint({"DEM", "XXX", "XTS", "XAU", "USX", ""})
    assert [is_storable(currency) for currency in ("USD", "JPY", "KWD")] == [True, True, False]


@given(amounts, st.sampled_from(["USD", "JPY", "KWD"]))
def test_rounding_moves_by_half_a_unit_at_most_and_only_once(amount, currency):
    rounded = round_money(amount, currency)
    assert abs(rounded - amount) <= quantum(currency) / 2
    assert round_money(rounded, currency) == rounded


def test_two_currencies_are_never_mixed():
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")
    with pytest.raises(ValueError, match="EUR and USD"):
        Money(Decimal(1), "EUR") - Money(Decimal(1), "USD")


@given(amounts, amounts)
def test_what_is_added_can_be_taken_away(one, other):
    total = Money(one, "USD") + Money(other, "USD")
    assert total - Money(other, "USD") == Money(one, "USD")


def test_a_multiple_is_rounded_to_the_currency():
    assert Money(Decimal("0.335"), "USD") * 3 == Money(Decimal("1.01"), "USD")
    assert Money(Decimal(1000), "JPY") * Decimal("0.0725") == Money(Decimal(73), "JPY")


@pytest.mark.parametrize(("amount", "currency", "text"), [("1290", "USD", "1290.00"), ("1290", "JPY", "1290"), ("0.5", "USD", "0.50")])
def test_a_provider_gets_the_decimals_of_the_currency(amount, currency, text):
    assert Money(Decimal(amount), currency).text == text
