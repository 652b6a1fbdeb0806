"""Rules between which nothing decides are found and explained."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.ids import CarId, new_id
from exodrive.pricing.clashes import RulesOverlap, clash, explain
from exodrive.pricing.kinds import (
    AfterHours,
    Area,
    Collection,
    Delivery,
    Extra,
    LengthDiscount,
    MandatoryFee,
    Notice,
    OneWay,
    Season,
    Tax,
    YoungDriver,
)
from tests.pricing.prices import CAR
from tests.pricing.rental import HERE, THERE, any_rule

D = Decimal
USD = {"currency": "USD", "amount": D(1)}
SUMMER = Season(name="Summer", first=date(2026, 6, 1), last=date(2026, 8, 31), **USD)
FAIR = Season(name="Fair", first=date(2026, 8, 31), last=date(2026, 9, 5), **USD)
NIGHT = AfterHours(name="Night", since=time(20), until=time(7), **USD)


def replace(rule, **changes):
    import msgspec

    return msgspec.structs.replace(rule, **changes)


COMPETE = [
    (SUMMER, FAIR),
    (SUMMER, Season(name="Always", **USD)),
    (SUMMER, replace(FAIR, last=None)),
    (SUMMER, Season(name="Dearer", percent=D(130))),
    (Season(name="Short", minimum_days=2), Season(name="Long", minimum_days=9)),
    (Notice(name="One", hours=2), Notice(name="Two", hours=3)),
    (LengthDiscount(name="One", days=7, percent=D(1)), LengthDiscount(name="Two", days=7, percent=D(2))),
    (Delivery(name="One", **USD), Delivery(name="Two", **USD)),
    (Delivery(name="A", code="a", areas=(Area("US", "331"),), **USD), Delivery(name="B", code="b", areas=(Area("US", "331"),), **USD)),
    (NIGHT, AfterHours(name="Early", since=time(6), until=time(8), **USD)),
    (NIGHT, AfterHours(name="Midnight", since=time(0), until=time(1), side="pickup", **USD)),
    (OneWay(name="One", pickup=HERE, **USD), OneWay(name="Two", dropoff=THERE, **USD)),
    (OneWay(name="One", **USD), OneWay(name="Two", **USD)),
    (YoungDriver(name="One", from_age=20, below_age=25, **USD), YoungDriver(name="Two", from_age=24, below_age=26, **USD)),
    (Extra(name="One", code="seat", **USD), Extra(name="Two", code="seat", **USD)),
    (Tax(name="One", percent=D(7)), Tax(name="Two", percent=D(8))),
    (MandatoryFee(name="One", car_id=CAR, **USD), MandatoryFee(name="Two", car_id=CAR, **USD)),
]
STAND_BESIDE = [
    (SUMMER, replace(FAIR, first=date(2026, 9, 1))),
    (SUMMER, replace(FAIR, priority=1)),
    (SUMMER, replace(FAIR, category="Coupe")),
    (SUMMER, replace(FAIR, currency="EUR")),
    (replace(SUMMER, car_id=CAR), replace(FAIR, car_id=CarId(new_id()))),
    (SUMMER, Notice(name="Notice")),
    (LengthDiscount(name="One", days=7, percent=D(1)), LengthDiscount(name="Two", days=30, percent=D(2))),
    (Delivery(name="One", **USD), Collection(name="Two", **USD)),
    (Delivery(name="Else", **USD), Delivery(name="A", code="a", areas=(Area("US", "331"),), **USD)),
    (Delivery(name="A", code="a", areas=(Area("US", "331"),), **USD), Delivery(name="B", code="b", areas=(Area("US", "3313"),), **USD)),
    (NIGHT, AfterHours(name="Day", since=time(7), until=time(20), **USD)),
    (replace(NIGHT, side="pickup"), replace(NIGHT, side="return")),
    (OneWay(name="One", pickup=HERE, **USD), OneWay(name="Two", pickup=THERE, **USD)),
    (OneWay(name="One", **USD), OneWay(name="Two", pickup=THERE, **USD)),
    (YoungDriver(name="One", from_age=20, below_age=25, **USD), YoungDriver(name="Two", from_age=25, below_age=26, **USD)),
    (Extra(name="One", code="seat", **USD), Extra(name="Two", code="rack", **USD)),
]


@pytest.mark.parametrize(("old", "new"), COMPETE, ids=lambda rule: rule.name)
def test_two_rules_that_could_both_count_are_found(old, new):
    assert clash(new, [old]) is old
    assert clash(old, [new]) is new


@pytest.mark.parametrize(("old", "new"), STAND_BESIDE, ids=lambda rule: rule.name)
def test_two_rules_with_an_order_or_nothing_in_common_stand_beside_each_other(old, new):
    assert clash(new, [old]) is None
    assert clash(old, [new]) is None


@given(any_rule("USD", date(2026, 6, 1)))
def test_a_rule_competes_with_itself_and_not_with_one_of_another_priority(rule):
    assert clash(rule, [rule]) is rule
    assert clash(replace(rule, priority=rule.priority + 1), [rule]) is None


@given(any_rule("USD", date(2026, 6, 1)), any_rule("USD", date(2026, 6, 1)), st.integers(0, 1))
def test_it_does_not_matter_which_of_two_came_first(one, two, priority):
    one, two = replace(one, priority=priority), replace(two, priority=priority)
    assert (clash(one, [two]) is None) == (clash(two, [one]) is None)


def test_the_refusal_names_both_and_says_when_and_what_to_do():
    refusal = RulesOverlap(FAIR, SUMMER)
    assert refusal.status == 409
    assert refusal.extra == {"other": "Summer"}
    assert str(refusal) == (
        "“Fair” and “Summer” would both count from Aug 31, 2026 to Aug 31, 2026, with the same priority, and nothing says which comes "
        "first. Give one of them a higher priority or other dates, or replace “Summer”."
    )
    assert "both count always," in explain(Season(name="A", **USD), Season(name="B", **USD))
    assert "both count from Jun 1, 2026 on," in explain(Season(name="A", first=date(2026, 6, 1), **USD), Season(name="B", **USD))
    assert "both count until Jun 1, 2026," in explain(Season(name="A", last=date(2026, 6, 1), **USD), Season(name="B", **USD))
