"""What other days cost, to the cent: by the rate of the new total, the old rate, and the rate of the added days alone."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exodrive.bookings.model import CheckoutOrder, Place, Tariff
from exodrive.flows.change.reprice import reprice
from exodrive.flows.checkout.model import Facts
from exodrive.kit.days import Days
from exodrive.kit.money import round_money
from exodrive.pricing import engine
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import LengthDiscount, MandatoryFee, PartPayment, Season, Tax
from exodrive.pricing.model import LineKind
from exodrive.pricing.words import explained
from tests.pricing.prices import CAR
from tests.pricing.rental import CURRENCIES, HERE, asked, car, lines_of

D = Decimal
DISCOUNTS = (
    LengthDiscount(name="Five days", days=5, percent=D(10)),
    LengthDiscount(name="Two days", days=2, percent=D(3)),
)
FEES = (MandatoryFee(name="Cleaning", code="cleaning", amount=D(90), currency="USD"), Tax(name="Tax", code="tax", percent=D(7)))


def order(days):
    nobody = {"email": "", "first_name": "", "last_name": "", "phone": "", "birth_date": None, "quote": ""}
    place = Place(time=time(10), location_id=HERE)
    return CheckoutOrder(car_id=CAR, pickup=place, dropoff=place, start=days.start, end=days.end, **nobody)


def facts(of, *rules, today=date(2026, 6, 1)):
    return Facts(
        rules=of,
        house=Book(rules),
        car_name="Test Car",
        available=True,
        minimum_age=25,
        turnaround_days=0,
        home_zone="UTC",
        now=datetime.combine(today, time(12), UTC),
        taken=False,
        locations={},
    )


def changed(before, after, *rules, of=None, sold=None, tariff=Tariff.NEW_TOTAL, today=None):
    """The price of some days, and after others are wanted; ``today`` are the rules by then."""
    of = of or car()
    sold = sold or engine.price(asked(before, *rules, of=of))
    was, becomes = (order(Days.parse(days)) for days in (before, after))
    return sold, reprice(sold, was, becomes, today or facts(of, *rules), tariff=tariff)


def test_the_rate_of_the_new_total_gives_all_days_the_discount_of_their_number():
    sold, new = changed("2026-06-01..03", "2026-06-01..05", *DISCOUNTS, *FEES)
    assert lines_of(sold) == [("days", 3, D("2910.00")), ("fee", 1, D(90))]
    assert lines_of(new) == [("days", 5, D("4500.00")), ("fee", 1, D(90))]
    assert new.tax == D("321.30")


def test_the_old_rate_is_what_a_day_cost_on_average():
    sold, new = changed("2026-06-01..03", "2026-06-01..05", *DISCOUNTS, *FEES, tariff=Tariff.OLD_RATE)
    assert lines_of(new) == [("days", 3, D("2910.00")), ("days", 2, D("1940.00")), ("fee", 1, D(90))]
    assert (new.total - sold.total, new.inputs.engine) == (D("2075.80"), 3)


def test_added_days_alone_have_the_discount_that_they_reach_alone_and_no_fee_twice():
    _sold, new = changed("2026-06-01..05", "2026-06-01..06", *DISCOUNTS, *FEES, tariff=Tariff.ADDED_DAYS)
    assert lines_of(new) == [("days", 5, D("4500.00")), ("days", 1, D(1000)), ("fee", 1, D(90))]
    _sold, new = changed("2026-06-01..05", "2026-06-01..07", *DISCOUNTS, *FEES, tariff=Tariff.ADDED_DAYS)
    assert lines_of(new)[1] == ("days", 2, D("1940.00"))


def test_days_that_were_sold_keep_their_price_when_it_rises():
    dearer = facts(car(base_price=D(3000)), *FEES)
    for tariff, more in ((Tariff.NEW_TOTAL, 3000), (Tariff.OLD_RATE, 1000), (Tariff.ADDED_DAYS, 3000)):
        sold, new = changed("2026-06-01..03", "2026-06-01..04", *FEES, tariff=tariff, today=dearer)
        assert new.subtotal - sold.subtotal == more
    sold, new = changed("2026-06-01..03", "2026-06-01..02", *FEES, today=dearer)
    assert new.subtotal - sold.subtotal == -1000
    sold, new = changed("2026-06-01..03", "2026-06-02..04", *FEES, today=dearer)
    assert new.subtotal - sold.subtotal == 2000


def test_what_was_added_at_its_own_price_keeps_it_and_goes_first():
    _sold, once = changed("2026-06-01..03", "2026-06-01..05", *DISCOUNTS, tariff=Tariff.OLD_RATE)
    _once, twice = changed("2026-06-01..05", "2026-06-01..06", *DISCOUNTS, sold=once, tariff=Tariff.ADDED_DAYS)
    assert lines_of(twice) == [("days", 3, D("2910.00")), ("days", 2, D("1940.00")), ("days", 1, D(1000))]
    _twice, less = changed("2026-06-01..06", "2026-06-01..04", *DISCOUNTS, sold=twice)
    assert lines_of(less) == [("days", 3, D("2910.00")), ("days", 1, D("970.00"))]
    _less, least = changed("2026-06-01..04", "2026-06-01..02", *DISCOUNTS, sold=less)
    assert (lines_of(least), least.inputs.engine) == ([("days", 2, D("1940.00"))], 2)


def test_a_package_may_reach_over_sold_and_added_days():
    of = car(weekend_price=D(2000))
    _sold, new = changed("2026-06-03..06", "2026-06-03..07", of=of)  # Wednesday to Sunday
    assert lines_of(new) == [("days", 2, D(2000)), ("weekend", 1, D(2000))]


def test_a_rest_is_due_as_long_before_the_pick_up_as_it_was():
    parts = PartPayment(name="Two parts", percent=D(30), days_before=10)
    sold = engine.price(asked("2026-06-20..22", parts, part_payment=True, today=date(2026, 6, 1)))
    _sold, later = changed("2026-06-20..22", "2026-06-25..27", parts, sold=sold)
    assert (later.due_on, later.due_later) == (date(2026, 6, 15), sold.due_later)
    _sold, sooner = changed("2026-06-20..22", "2026-06-05..07", parts, sold=sold)
    assert (sooner.due_on, sooner.due_later) == (date(2026, 6, 1), sold.due_later)


@pytest.mark.parametrize("tariff", Tariff)
def test_every_line_says_why_it_is_there(tariff):
    _sold, new = changed("2026-06-01..03", "2026-06-01..05", *DISCOUNTS, *FEES, tariff=tariff)
    assert all(words and reason for words, _amount, reason in explained(new))


_RULES = st.lists(
    st.sampled_from(
        [
            *DISCOUNTS,
            *FEES,
            Season(name="High", first=date(2026, 6, 3), last=date(2026, 6, 9), percent=D("137.5")),
            Season(name="Low", first=date(2026, 6, 11), last=date(2026, 6, 13), percent=D("71.43")),
        ]
    ),
    unique=True,
)


@given(
    currency=st.sampled_from(CURRENCIES),
    base=st.integers(1, 10**7),
    weekend=st.none() | st.integers(1, 3 * 10**7),
    rules=_RULES,
    starts=st.lists(st.sampled_from([0, 0, 0, 3]), min_size=4, max_size=4),
    lengths=st.lists(st.integers(1, 12), min_size=4, max_size=4),
    tariffs=st.lists(st.sampled_from(list(Tariff)), min_size=3, max_size=3),
)
def test_whatever_follows_each_price_replays_to_the_cent_and_charges_every_day_once(
    currency, base, weekend, rules, starts, lengths, tariffs
):
    of = car(currency=currency, base_price=D(base).scaleb(-2), weekend_price=None if weekend is None else D(weekend).scaleb(-2))
    of = msgspec.structs.replace(of, rates=msgspec.structs.replace(of.rates, base_price=round_money(of.rates.base_price, currency) or D(1)))
    fitting = [rule for rule in rules if getattr(rule, "currency", None) in (None, currency)]
    first = date(2026, 6, 2)
    ranges = [Days(first + timedelta(days=at), first + timedelta(days=at + length - 1)) for at, length in zip(starts, lengths, strict=True)]
    told = [f"{days.start}..{days.end}" for days in ranges]
    price = engine.price(asked(told[0], *fitting, of=of))
    for tariff, (before, after) in zip(tariffs, pairwise(told), strict=True):
        assume(before != after)
        price = changed(before, after, *fitting, of=of, sold=price, tariff=tariff)[1]
        stored = msgspec.json.decode(msgspec.json.encode(engine.snapshot(price)))
        assert engine.replay(stored) == engine.read(stored) == price
        charged = {LineKind.DAYS: 1, LineKind.WEEKEND: 3}
        assert sum(line.quantity * charged.get(line.kind, 0) for line in price.lines) == len(Days.parse(after))


@given(rules=_RULES, at=st.integers(0, 9), length=st.integers(1, 10), other=st.integers(1, 10), start=st.integers(0, 9))
def test_while_no_rule_changes_the_new_total_is_what_anybody_pays(rules, at, length, other, start):
    first = date(2026, 6, 2)
    before = Days(first + timedelta(days=at), first + timedelta(days=at + length - 1))
    after = Days(first + timedelta(days=start), first + timedelta(days=start + other - 1))
    assume(before != after)
    told = [f"{days.start}..{days.end}" for days in (before, after)]
    _sold, new = changed(*told, *rules)
    assert new.total == engine.price(asked(told[1], *rules)).total
