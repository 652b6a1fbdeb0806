"""Rates of other currencies, to look at prices in."""

from decimal import Decimal

import pytest

from exodrive.pricing.display import rates


def test_rates_are_read_from_a_line():
    assert rates("EUR:0.92, JPY:157.3,KWD:0.306") == {"EUR": Decimal("0.92"), "JPY": Decimal("157.3"), "KWD": Decimal("0.306")}
    assert rates("") == rates(" , ") == {}


@pytest.mark.parametrize("text", ["EUR", "EUR:", "eur:1", "EURO:1", "EUR:-1", "EUR:0", "EUR:1e5", "EUR 1", "EUR:1:2"])
def test_a_rate_that_is_none_is_named(text):
    with pytest.raises(ValueError, match=r"such as EUR:0\.92"):
        rates(f"JPY:157,{text}")
