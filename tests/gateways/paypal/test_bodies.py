"""What we write to PayPal: exact amounts, lines that add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.gateways.paypal import Intent, Item
from exodrive.gateways.paypal.bodies import amount, order
from exodrive.kit.money import Money
from tests.gateways.paypal.values import new_order, two_lines, usd


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(Decimal("1290"), "USD"), "1290.00"),
        (Money(Decimal("0.1"), "EUR"), "0.10"),
        (Money(Decimal("129000"), "JPY"), "129000"),
        (Money(Decimal("1E+3"), "HUF"), "1000"),
        (Money(Decimal(0), "USD"), "0.00"),
    ],
)
def test_an_amount_is_written_with_the_decimals_paypal_takes(money: Money, written: str) -> None:
    assert amount(money) == {"currency_code": money.currency, "value": written}


@pytest.mark.parametrize(
    "money",
    [
        Money(Decimal("10.005"), "USD"),
        Money(Decimal("10.50"), "JPY"),
        Money(Decimal("10.50"), "HUF"),
        Money(Decimal("-1"), "USD"),
    ],
)
def test_an_amount_that_would_be_rounded_is_never_sent(money: Money) -> None:
    with pytest.raises(ValueError, match="cannot take"):
        amount(money)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_parts_of_an_order_add_up_to_the_cent(net: int, tax: int) -> None:
    whole = Money(Decimal(net + tax) / 100, "USD")
    written = order(new_order(amount=whole, tax=Money(Decimal(tax) / 100, "USD")))["purchase_units"][0]["amount"]
    parts = written["breakdown"].values()
    assert sum(Decimal(part["value"]) for part in parts) == Decimal(written["value"]) == whole.amount


def test_lines_that_do_not_add_up_are_never_sent() -> None:
    order(new_order(items=two_lines()))
    with pytest.raises(ValueError, match="add up"):
        order(new_order(items=(*two_lines(), Item(name="One too many", unit_price=usd("0.01")))))


def test_a_tax_in_another_currency_is_never_sent() -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        order(new_order(tax=Money(Decimal(1), "EUR")))


def test_long_texts_are_cut_to_what_paypal_takes() -> None:
    written = order(new_order(description="d" * 200, brand_name="b" * 200))
    assert len(written["purchase_units"][0]["description"]) == 127
    assert len(written["payment_source"]["paypal"]["experience_context"]["brand_name"]) == 127


@pytest.mark.parametrize(("takes_now", "pressed"), [(False, "CONTINUE"), (True, "PAY_NOW")])
def test_who_approves_a_hold_presses_pay_only_where_a_part_is_taken_at_once(takes_now: bool, pressed: str) -> None:
    written = order(new_order(intent=Intent.AUTHORIZE, takes_now=takes_now))
    assert written["payment_source"]["paypal"]["experience_context"]["user_action"] == pressed
