"""Version 2 of the engine: known prices, and what holds for every price."""

from datetime import date, time, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.days import Days
from exodrive.kit.money import quantum, round_money
from exodrive.pricing import engine
from exodrive.pricing.book import Book
from exodrive.pricing.engine.v2 import packaged_fridays, price
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Collection,
    Delivery,
    Extra,
    LengthDiscount,
    MandatoryFee,
    OneWay,
    PartPayment,
    Rule,
    Season,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import InputsV1, LineKind, Price
from exodrive.pricing.rules import CarRules, inputs_of
from tests.pricing.prices import amounts, any_inputs
from tests.pricing.rental import HERE, THERE, any_price, any_rental, car, lines_of, priced

D = Decimal
USD = {"currency": "USD"}
CHRISTMAS = {"name": "Christmas", "first": date(2026, 12, 20), "last": date(2027, 1, 3)}


# Known prices.
def test_days_cost_the_base_price_each():
    assert lines_of(priced("2026-06-01..03")) == [("days", 3, D("3000.00"))]


def test_the_same_day_twice_is_one_day():
    assert lines_of(priced("2026-06-01")) == [("days", 1, D("1000.00"))]


def test_a_season_has_its_own_day_price():
    found = priced("2026-12-18..22", Season(**CHRISTMAS, **USD, amount=D(1500)))
    assert lines_of(found) == [("days", 2, D("2000.00")), ("days", 3, D("4500.00"))]
    assert [line.text for line in found.lines] == ["", "Christmas"]


def test_a_season_may_be_a_percentage_of_what_the_days_cost_otherwise():
    found = priced("2026-12-19..21", Season(**CHRISTMAS, percent=D("133.333")))
    assert [(line.quantity, line.unit, line.amount) for line in found.lines] == [
        (1, D(1000), D("1000.00")),
        (2, D("1333.33"), D("2666.66")),
    ]


def test_the_same_price_before_and_after_a_season_is_one_line():
    season = Season(name="Fair", first=date(2026, 6, 3), last=date(2026, 6, 4), amount=D(1200), **USD)
    assert lines_of(priced("2026-06-01..08", season)) == [("days", 6, D("6000.00")), ("days", 2, D("2400.00"))]


def test_a_full_weekend_costs_its_package_and_a_season_has_its_own():
    season = Season(**CHRISTMAS, **USD, amount=D(1500), weekend=D(4000))
    found = priced("2026-12-11..27", season, of=car(weekend_price=D(2400)))
    weekends = [(line.first, line.amount) for line in found.lines if line.kind is LineKind.WEEKEND]
    # 18 to 20 December lies across the season's border: no package.
    assert weekends == [(date(2026, 12, 11), D("2400.00")), (date(2026, 12, 25), D("4000.00"))]


def test_the_best_length_reached_counts_for_the_whole_rental():
    rules = LengthDiscount(name="Week", days=7, percent=D(10)), LengthDiscount(name="Month", days=30, percent=D(25))
    assert lines_of(priced("2026-06-01..06", *rules)) == [("days", 6, D("6000.00"))]
    assert lines_of(priced("2026-06-01..07", *rules)) == [("days", 7, D("6300.00"))]
    month = priced("2026-06-01..30", *rules, of=car(weekend_price=D(2400)))
    assert [(line.quantity, line.unit) for line in month.lines] == [(18, D("750.00"))] + [(1, D("1800.00"))] * 4
    assert month.lines[0].discount.name == "Month"


def test_a_discounted_day_is_rounded_so_that_what_is_shown_multiplies():
    found = priced("2026-06-01..07", LengthDiscount(name="Week", days=7, percent=D("7.5")), of=car(base_price=D("129.99")))
    assert (found.lines[0].unit, found.total) == (D("120.24"), D("841.68"))


# long: the whole price, line by line
def test_everything_that_can_be_asked_for():
    rules = [
        Delivery(name="Delivery", amount=D(150), **USD),
        Collection(name="Collection", amount=D(120), taxable=False, **USD),
        AfterHours(name="Late", since=time(20), until=time(7), amount=D(75), **USD),
        AdditionalDriver(name="Second driver", per="day", capped_days=5, most=2, amount=D(25), **USD),
        YoungDriver(name="Under 28", from_age=25, below_age=28, per="day", amount=D(45), **USD),
        Extra(name="Child seat", code="seat", per="day", capped_days=2, most=2, amount=D(18), **USD),
        Waiver(name="Waiver", code="waiver", per="day", amount=D(89), excess=D(1500), **USD),
        MandatoryFee(name="Plate", code="plate", amount=D("4.50"), per="day", **USD),
    ]
    found = priced(
        "2026-06-01..03",
        *rules,
        delivery=True,
        collection=True,
        pickup_time=time(6, 59),
        return_time=time(20),
        additional_drivers=2,
        birth_date=date(2000, 6, 1),
        extras={"seat": 2},
        waiver="waiver",
    )
    assert lines_of(found) == [
        ("days", 3, D("3000.00")),
        ("fee", 3, D("13.50")),
        ("delivery", 1, D("150.00")),
        ("collection", 1, D("120.00")),
        ("after_hours", 1, D("75.00")),
        ("after_hours", 1, D("75.00")),
        ("additional_driver", 6, D("150.00")),
        ("young_driver", 3, D("135.00")),
        ("extra", 4, D("72.00")),
        ("waiver", 3, D("267.00")),
    ]
    assert (found.inputs.excess, found.total) == (D(1500), D("4057.50"))


def test_a_way_to_another_of_our_places_has_its_fee():
    rule = OneWay(name="One way", amount=D(95), **USD)
    assert lines_of(priced("2026-06-01", rule, pickup_place=HERE, return_place=THERE))[-1] == ("one_way", 1, D("95.00"))
    assert len(priced("2026-06-01", rule, pickup_place=HERE, return_place=HERE).lines) == 1


def test_a_fixed_tax_is_capped_in_days_and_may_itself_be_taxed():
    surcharge = Tax(name="Surcharge", code="surcharge", amount=D(2), capped_days=30, **USD)
    sales = Tax(name="Sales tax", code="sales", percent=D(7))
    found = priced("2026-06-01..08-01", surcharge, sales)
    assert [(tax.name, tax.amount) for tax in found.taxes] == [("Surcharge", D("60.00")), ("Sales tax", D("4344.20"))]
    untaxed = priced("2026-06-01..08-01", msgspec.structs.replace(surcharge, taxable=False), sales)
    assert untaxed.taxes[1].amount == D("4340.00")


def test_a_tax_may_be_on_some_kinds_of_lines_only():
    rules = [
        MandatoryFee(name="Plate", code="plate", amount=D(100), **USD),
        MandatoryFee(name="Toll", code="toll", amount=D(10), taxable=False, **USD),
        Tax(name="City", code="city", percent=D(3), on=(LineKind.DAYS, LineKind.WEEKEND)),
        Tax(name="State", code="state", percent=D(7)),
    ]
    found = priced("2026-06-01", *rules)
    assert [(tax.name, tax.base, tax.amount) for tax in found.taxes] == [
        ("City", D("1000.00"), D("30.00")),
        ("State", D("1100.00"), D("77.00")),
    ]
    assert found.total == D("1217.00")


def test_part_is_paid_now_and_the_rest_before_the_pick_up():
    rule = PartPayment(name="Part", percent=D(30), days_before=14)
    found = priced("2026-06-20..22", rule, part_payment=True, today=date(2026, 6, 1))
    assert (found.due_now, found.due_later, found.due_on) == (D("900.00"), D("2100.00"), date(2026, 6, 6))


@pytest.mark.parametrize("chosen", [{}, {"today": date(2026, 6, 1)}, {"part_payment": True}])
def test_all_is_paid_now_unless_part_payment_is_asked_for_on_a_day(chosen):
    found = priced("2026-06-20..22", PartPayment(name="Part", percent=D(30), days_before=14), **chosen)
    assert (found.due_now, found.due_later, found.due_on) == (D("3000.00"), D(0), None)


@pytest.mark.parametrize(("today", "later"), [(date(2026, 6, 5), D("2100.00")), (date(2026, 6, 6), D(0))])
def test_a_rest_that_would_be_due_today_is_paid_now(today, later):
    rule = PartPayment(name="Part", percent=D(30), days_before=14)
    assert priced("2026-06-20..22", rule, part_payment=True, today=today).due_later == later


def test_a_currency_without_decimals_has_whole_lines_taxes_and_parts():
    yen = {"currency": "JPY"}
    rules = [
        Extra(name="Seat", code="seat", amount=D("99.50"), **yen),
        LengthDiscount(name="Three", days=3, percent=D("3.3")),
        Tax(name="Tax", percent=D("7.25")),
        PartPayment(name="Part", percent=D("33.3"), days_before=7),
    ]
    chosen = {"extras": {"seat": 1}, "part_payment": True, "today": date(2026, 1, 1)}
    found = priced("2026-06-01..03", *rules, of=car(base_price=D(10001), deposit=D("999.5"), **yen), **chosen)
    assert [str(line.amount) for line in found.lines] == ["29013", "100"]
    assert (str(found.tax), str(found.total), str(found.deposit)) == ("2111", "31224", "1000")
    assert (str(found.due_now), str(found.due_later)) == ("10398", "20826")


@pytest.mark.parametrize(
    ("days", "count"),
    [("2028-02-28..03-01", 3), ("2027-02-28..03-01", 2), ("2026-03-07..09", 3), ("2026-11-01", 1), ("2026-10-31..11-02", 3)],
)
def test_leap_days_and_days_of_23_or_25_hours_cost_one_day(days, count):
    assert lines_of(priced(days)) == [("days", count, D(1000) * count)]


# The first engine, again.
@given(any_inputs())
def test_both_engines_agree_where_only_the_first_ones_rules_are_used(first: InputsV1):
    before, now = engine.price(first), engine.price(as_rules(first))
    assert [told(line) for line in now.lines] == [told(line) for line in before.lines]
    assert (now.subtotal, now.tax, now.total, now.deposit) == (before.subtotal, before.tax, before.total, before.deposit)
    assert (now.inputs.delivery_fee, now.inputs.collection_fee) == (first.delivery_fee, first.collection_fee)
    assert now.inputs.included_distance == first.included_distance


def told(line):
    return line.kind, line.quantity, line.unit, line.amount, line.taxable, line.first, line.last


def as_rules(first: InputsV1):
    """The same rental by today's rules."""
    money = {"currency": first.currency}
    rules: list[Rule] = [Tax(name="Sales tax", percent=first.tax_percent)]
    if first.delivery_fee is not None:
        rules.append(Delivery(name="Delivery", amount=first.delivery_fee, taxable=first.delivery_taxable, **money))
    if first.collection_fee is not None:
        rules.append(Collection(name="Collection", amount=first.collection_fee, taxable=first.collection_taxable, **money))
    rented = car(
        base_price=first.base_price,
        weekend_price=first.weekend_price,
        deposit=first.deposit,
        fees=first.fees,
        included_distance_per_day=first.included_distance_per_day,
        **money,
    )
    asked = {"delivery": first.delivery_fee is not None, "collection": first.collection_fee is not None}
    return inputs_of(rented, Book(rules), first.days, **asked)


# What holds for every price.
@given(any_price())
def test_the_total_is_the_sum_of_the_lines_and_the_taxes(found: Price):
    assert found.subtotal == sum(line.amount for line in found.lines)
    assert found.tax == sum(tax.amount for tax in found.taxes)
    assert found.total == found.subtotal + found.tax == found.due_now + found.due_later
    assert (found.due_later > 0) <= (found.due_on is not None)


@given(any_price())
def test_nothing_is_negative_and_everything_can_be_paid_in_the_currency(found: Price):
    smallest = quantum(found.inputs.currency)
    amounts = [line.amount for line in found.lines] + [tax.amount for tax in found.taxes]
    for amount in (*amounts, found.tax, found.total, found.deposit, found.due_now, found.due_later):
        assert amount >= 0
        assert amount % smallest == 0


@given(any_price())
def test_each_line_is_quantity_times_unit(found: Price):
    assert all(line.amount == round_money(line.quantity * line.unit, found.inputs.currency) for line in found.lines)
    assert all(line.quantity % line.pieces == 0 for line in found.lines)


@given(any_price())
def test_every_day_is_charged_exactly_once(found: Price):
    packaged = [line for line in found.lines if line.kind is LineKind.WEEKEND]
    plain = sum(line.quantity for line in found.lines if line.kind is LineKind.DAYS)
    assert plain + 3 * len(packaged) == len(found.inputs.days)
    covered = [line.first + timedelta(days=number) for line in packaged for number in range(3)]
    assert len(set(covered)) == len(covered)
    assert all(day in found.inputs.days for day in covered)


@given(any_price())
def test_packages_are_full_weekends_at_one_price_and_none_is_missed(found: Price):
    inputs = found.inputs
    expected = []
    for rate in inputs.rates:
        days = Days(rate.first, rate.last)
        fridays = [day for day in days if day.isoweekday() == 5 and day + timedelta(days=2) in days]
        assert list(packaged_fridays(inputs, rate)) in ([], fridays)
        expected += packaged_fridays(inputs, rate)
    assert sorted(line.first for line in found.lines if line.kind is LineKind.WEEKEND) == sorted(expected)


@given(any_price())
def test_the_rates_cover_every_day_once_and_in_order(found: Price):
    covered = [day for rate in found.inputs.rates for day in Days(rate.first, rate.last)]
    assert covered == list(found.inputs.days)


@given(any_rental(), st.randoms(use_true_random=False))
def test_the_order_in_which_rules_were_saved_never_matters(rental, shuffling):
    """Rules between which nothing decides are refused, so whatever is accepted has one meaning."""
    rented, rules, days, choices = rental
    shuffled = list(rules)
    shuffling.shuffle(shuffled)
    one, other = (price(inputs_of(rented, Book(order), days, choices=choices)) for order in (rules, shuffled))
    assert one == other


@given(any_price())
def test_the_deposit_never_touches_the_total(found: Price):
    inputs = found.inputs
    assert price(msgspec.structs.replace(inputs, deposit=inputs.deposit + 1000)).total == found.total


# Which way prices move. Two things make a longer rental cheaper, and both are meant to: a weekend that is completed, and a length that is
# reached. A driver grows older, and rules have dates, so only the end moves.
@given(any_rental(), st.integers(1, 10))
def test_without_packages_and_at_the_same_discount_more_days_never_cost_less(rental, more):
    rented, rules, days, choices = rental
    rented, rules = _without_packages(rented), [_without_package(rule) for rule in rules]
    shorter = inputs_of(rented, Book(rules), days, choices=choices)
    longer = inputs_of(rented, Book(rules), Days(days.start, days.end + timedelta(days=more)), choices=choices)
    longer = msgspec.structs.replace(longer, discount=shorter.discount)
    assert price(longer).total >= price(shorter).total


@given(any_rental(), st.integers(1, 10))
def test_without_packages_more_days_cost_less_only_by_the_discount_they_reach(rental, more):
    """The rental itself costs at least what the shorter one would with the longer one's discount."""
    rented, rules, days, choices = rental
    rented, rules = _without_packages(rented), [_without_package(rule) for rule in rules]
    shorter = inputs_of(rented, Book(rules), days, choices=choices)
    longer = inputs_of(rented, Book(rules), Days(days.start, days.end + timedelta(days=more)), choices=choices)
    assert price(longer).total >= price(msgspec.structs.replace(shorter, discount=longer.discount)).total


@given(any_price())
def test_a_discount_never_makes_a_rental_dearer(found: Price):
    inputs = found.inputs
    # Units are rounded once, so a discount that is next to nothing may round up half a unit for each day.
    slack = quantum(inputs.currency) * (len(inputs.days) + len(found.lines) + len(found.taxes) + 2) * 2
    assert found.total <= price(msgspec.structs.replace(inputs, discount=None)).total + slack


@given(any_price(), st.data())
def test_whatever_is_charged_beside_the_days_never_makes_it_cheaper(found: Price, data):
    charges = found.inputs.charges
    if charges:
        left_out = data.draw(st.integers(0, len(charges) - 1))
        fewer = (*charges[:left_out], *charges[left_out + 1 :])
        assert price(msgspec.structs.replace(found.inputs, charges=fewer)).total <= found.total


@given(any_rental(), amounts())
def test_a_dearer_day_never_makes_a_cheaper_rental(rental, more):
    rented, rules, days, choices = rental
    dearer = msgspec.structs.replace(rented, rates=msgspec.structs.replace(rented.rates, base_price=rented.rates.base_price + more))
    before, after = (price(inputs_of(which, Book(rules), days, choices=choices)) for which in (rented, dearer))
    # A package is used as soon as it is cheaper, before lines are rounded: a unit for each line, and for each tax as much again.
    slack = quantum(rented.rates.currency) * (len(after.lines) + 1) * (len(after.taxes) + 1)
    assert after.total >= before.total - slack


def _without_packages(rented: CarRules) -> CarRules:
    return msgspec.structs.replace(rented, rates=msgspec.structs.replace(rented.rates, weekend_price=None))


def _without_package(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, weekend=None) if isinstance(rule, Season) else rule
