"""Version 1 of the engine: known prices, and what holds for every price."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.money import quantum, round_money
from exodrive.pricing.engine.v1 import packaged_fridays, price
from exodrive.pricing.model import Fee, InputsV1, LineKind
from tests.pricing.prices import amounts, any_inputs, inputs

D = Decimal


def lines_of(asked: InputsV1) -> list[tuple[str, int, Decimal]]:
    return [(line.kind.value, line.quantity, line.amount) for line in price(asked).lines]


# Known prices.
def test_days_cost_the_base_price_each():
    assert lines_of(inputs("2026-06-01..03")) == [("days", 3, D("3000.00"))]


def test_the_same_day_twice_is_one_day():
    assert lines_of(inputs("2026-06-01")) == [("days", 1, D("1000.00"))]


def test_a_full_weekend_costs_its_package():
    asked = inputs("2026-06-05..07", weekend_price=D(2400))
    assert lines_of(asked) == [("weekend", 1, D("2400.00"))]
    assert (price(asked).lines[0].first, price(asked).lines[0].last) == (date(2026, 6, 5), date(2026, 6, 7))


@pytest.mark.parametrize("days", ["2026-06-04..06", "2026-06-06..08", "2026-06-05..06", "2026-06-07"])
def test_part_of_a_weekend_costs_single_days(days):
    assert [kind for kind, _, _ in lines_of(inputs(days, weekend_price=D(2400)))] == ["days"]


def test_a_package_that_is_no_cheaper_is_not_used():
    assert [kind for kind, _, _ in lines_of(inputs("2026-06-05..07", weekend_price=D(3000)))] == ["days"]
    assert [kind for kind, _, _ in lines_of(inputs("2026-06-05..07", weekend_price=D("2999.99")))] == ["weekend"]


def test_two_weekends_are_two_packages_with_the_days_between():
    asked = inputs("2026-06-04..06-15", weekend_price=D(2400))
    assert lines_of(asked) == [("days", 6, D("6000.00")), ("weekend", 1, D("2400.00")), ("weekend", 1, D("2400.00"))]


def test_fees_delivery_and_tax_make_the_total():
    asked = inputs(
        "2026-06-01..03",
        fees=(Fee("Cleaning", D(145), "rental", True), Fee("Tolls", D("12.50"), "day", False)),
        delivery_fee=D(150),
        collection_fee=D(120),
        collection_taxable=False,
        tax_percent=D(7),
        deposit=D(5000),
    )
    assert lines_of(asked) == [
        ("days", 3, D("3000.00")),
        ("fee", 1, D("145.00")),
        ("fee", 3, D("37.50")),
        ("delivery", 1, D("150.00")),
        ("collection", 1, D("120.00")),
    ]
    found = price(asked)
    assert (found.subtotal, found.tax, found.total, found.deposit) == (D("3452.50"), D("230.65"), D("3683.15"), D("5000.00"))


def test_a_journey_that_costs_nothing_is_still_told():
    assert lines_of(inputs("2026-06-01", delivery_fee=D(0)))[-1] == ("delivery", 1, D("0.00"))


def test_tax_is_rounded_once_on_the_sum_and_not_by_line():
    # 7 % of 0.50 is 0.035: rounded by line three times it would be 0.12.
    fee = Fee("Small", D("0.50"), "rental", True)
    found = price(inputs("2026-06-01", base_price=D("0.50"), fees=(fee, fee), tax_percent=D(7)))
    assert found.tax == D("0.11")


def test_a_currency_without_decimals_has_whole_lines_tax_and_deposit():
    fee = Fee("Cleaning", D("99.50"), "rental", True)
    found = price(
        inputs("2026-06-01..03", currency="JPY", base_price=D("10000.50"), fees=(fee,), tax_percent=D("7.25"), deposit=D("999.5"))
    )
    assert [str(line.amount) for line in found.lines] == ["30002", "100"]
    assert (str(found.tax), str(found.total), str(found.deposit)) == ("2182", "32284", "1000")


def test_a_leap_day_is_a_day():
    assert lines_of(inputs("2028-02-28..03-01")) == [("days", 3, D("3000.00"))]
    assert lines_of(inputs("2027-02-28..03-01")) == [("days", 2, D("2000.00"))]


@pytest.mark.parametrize(("days", "count"), [("2026-03-07..09", 3), ("2026-03-08", 1), ("2026-10-31..11-02", 3), ("2026-11-01", 1)])
def test_a_day_of_23_or_25_hours_costs_one_day(days, count):
    assert lines_of(inputs(days)) == [("days", count, D(1000) * count)]


# What holds for every price.
@given(any_inputs())
def test_the_total_is_the_sum_of_the_lines_and_the_tax(asked):
    found = price(asked)
    assert found.subtotal == sum(line.amount for line in found.lines)
    assert found.total == found.subtotal + found.tax
    taxable = sum((line.amount for line in found.lines if line.taxable), D(0))
    assert found.tax == round_money(taxable * asked.tax_percent / 100, asked.currency)


@given(any_inputs())
def test_nothing_is_negative_and_everything_can_be_paid_in_the_currency(asked):
    found = price(asked)
    smallest = quantum(asked.currency)
    for amount in (*(line.amount for line in found.lines), found.tax, found.total, found.deposit):
        assert amount >= 0
        assert amount % smallest == 0


@given(any_inputs())
def test_each_line_is_quantity_times_unit(asked):
    assert all(line.amount == round_money(line.quantity * line.unit, asked.currency) for line in price(asked).lines)


@given(any_inputs())
def test_every_day_is_charged_exactly_once(asked):
    found = price(asked)
    packaged = [line for line in found.lines if line.kind is LineKind.WEEKEND]
    plain = sum(line.quantity for line in found.lines if line.kind is LineKind.DAYS)
    assert plain + 3 * len(packaged) == len(asked.days)
    covered = [line.first + timedelta(days=number) for line in packaged for number in range(3)]
    assert len(set(covered)) == len(covered)
    assert all(day in asked.days for day in covered)


@given(any_inputs())
def test_packages_are_full_weekends_inside_the_rental_and_none_is_missed(asked):
    found = [line.first for line in price(asked).lines if line.kind is LineKind.WEEKEND]
    cheaper = asked.weekend_price is not None and asked.weekend_price < 3 * asked.base_price
    fridays = [day for day in asked.days if day.isoweekday() == 5 and day + timedelta(days=2) <= asked.end]
    assert found == (fridays if cheaper else [])


@given(any_inputs())
def test_mandatory_fees_are_exact(asked):
    charged = [(line.text, line.amount, line.taxable) for line in price(asked).lines if line.kind is LineKind.FEE]
    times = {"rental": 1, "day": len(asked.days)}
    assert charged == [(fee.name, round_money(fee.amount * times[fee.per], asked.currency), fee.taxable) for fee in asked.fees]


@given(any_inputs())
def test_the_deposit_never_touches_the_total(asked):
    assert price(asked).total == price(msgspec.structs.replace(asked, deposit=asked.deposit + 1000)).total


@given(any_inputs(weekend_price=None), st.integers(1, 10), st.booleans())
def test_without_packages_more_days_never_cost_less(asked, more, at_the_end):
    longer = _longer(asked, more, at_the_end)
    assert price(longer).total >= price(asked).total


@given(any_inputs(), st.integers(1, 10), st.booleans())
def test_more_days_cost_less_only_by_as_much_as_the_packages_they_complete_save(asked, more, at_the_end):
    """Completing a weekend may save money: at most two single days become part of it, for less than they cost."""
    longer = _longer(asked, more, at_the_end)
    completed = len(list(packaged_fridays(longer))) - len(list(packaged_fridays(asked)))
    if not completed:
        assert price(longer).total >= price(asked).total
        return
    saved = completed * max(2 * asked.base_price - (asked.weekend_price or D(0)), D(0))
    with_tax = saved * (1 + asked.tax_percent / 100)
    # Lines are rounded once each: one unit per line, and tax by at most as much again.
    slack = quantum(asked.currency) * (completed + 3) * 2
    assert price(longer).total >= price(asked).total - with_tax - slack


@given(any_inputs(), amounts())
def test_a_dearer_day_never_makes_a_cheaper_rental(asked, more):
    dearer = msgspec.structs.replace(asked, base_price=asked.base_price + more)
    # A package is used as soon as it is cheaper; each line is rounded once, so compare before rounding lets them differ by a unit a line.
    slack = quantum(asked.currency) * (len(price(dearer).lines) + 1)
    assert price(dearer).total >= price(asked).total - slack


def _longer(asked: InputsV1, more: int, at_the_end: bool) -> InputsV1:
    if at_the_end:
        return msgspec.structs.replace(asked, end=asked.end + timedelta(days=more))
    return msgspec.structs.replace(asked, start=asked.start - timedelta(days=more))
