"""What of a price is not what it was."""

from collections import Counter
from datetime import time
from decimal import Decimal

from hypothesis import given

from exodrive.pricing.differences import Difference, differences
from exodrive.pricing.kinds import AfterHours, Extra, Tax
from exodrive.pricing.words import explained
from tests.pricing.rental import any_price, priced

D = Decimal
LATE = AfterHours(name="Late hour", since=time(20), until=time(7), amount=D(75), currency="USD")


def between(before, after, *rules):
    """The differences of two choices, without their reasons."""
    old, new = (priced("2026-06-01..03", *rules, **chosen) for chosen in (before, after))
    return [(row.words, row.before, row.after) for row in differences(old, new)]


def test_a_second_late_hour_under_the_same_rule_is_a_line_of_its_own():
    one, both = {"pickup_time": time(22)}, {"pickup_time": time(22), "return_time": time(23)}
    assert between(one, both, LATE) == [("Late hour, at the return", "", "$75.00")]
    assert between(both, one, LATE) == [("Late hour, at the return", "$75.00", "")]


def test_a_late_hour_that_goes_from_one_side_to_the_other_is_told_on_both():
    assert between({"pickup_time": time(22)}, {"return_time": time(22)}, LATE) == [
        ("Late hour, at the pick-up", "$75.00", ""),
        ("Late hour, at the return", "", "$75.00"),
    ]


def test_more_of_an_extra_and_more_tax_are_one_line_each():
    seat = Extra(name="Seat, for a child", code="seat", most=2, amount=D(20), currency="USD")
    assert between({"extras": {"seat": 1}}, {"extras": {"seat": 2}}, seat, Tax(name="Sales tax", percent=D(10))) == [
        ("Seat, for a child, 2 × $20", "$20.00", "$40.00"),
        ("Sales tax, 10%", "$302.00", "$304.00"),
    ]


def test_two_things_of_one_name_are_two_lines():
    seats = [Extra(name="Seat", code=code, amount=D(20), currency="USD") for code in ("baby", "child")]
    assert between({"extras": {"baby": 1}}, {"extras": {"baby": 1, "child": 1}}, *seats) == [("Seat", "", "$20.00")]
    assert between({"extras": {"baby": 1}}, {"extras": {"child": 1}}, *seats) == [("Seat", "$20.00", ""), ("Seat", "", "$20.00")]


def test_each_line_has_its_reason():
    [row] = differences(priced("2026-06-01", LATE), priced("2026-06-01", LATE, return_time=time(22)))
    assert row == Difference("Late hour, at the return", "", "$75.00", "The hour you chose lies outside our usual hours.")


@given(old=any_price(), new=any_price())
def test_what_was_with_all_differences_is_what_is(old, new):
    changed = list(differences(old, new))
    amounts = Counter(amount for _words, amount, _why in explained(old))
    amounts.subtract(row.before for row in changed if row.before)
    amounts.update(row.after for row in changed if row.after)
    assert +amounts == Counter(amount for _words, amount, _why in explained(new))
    assert min(amounts.values(), default=0) >= 0
    assert list(differences(new, new)) == []
