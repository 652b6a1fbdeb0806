"""Trying a rule changes nothing but the answer: before it, after it, and in the place of another."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from exodrive.kit.days import Days
from exodrive.kit.ids import CarId, new_id
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Area,
    Collection,
    Delivery,
    Extra,
    LengthDiscount,
    MandatoryFee,
    Notice,
    OneWay,
    PartPayment,
    Rule,
    Season,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import Rates
from exodrive.pricing.preview import Rental, preview
from exodrive.pricing.rules import CarRules

USD: dict[str, Any] = {"amount": Decimal(40), "currency": "USD"}
CAR = CarId(new_id())
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def rental(*, own: list[Rule] | None = None, house: list[Rule] | None = None, days: str = "2026-06-15..16") -> Rental:
    rates = Rates("USD", Decimal(1000), None, Decimal(0), 1)
    start, _dots, end = days.partition("..")
    return Rental(
        car=CarRules(CAR, rates, (), None, None, "mi", Book(own or [])),
        house=Book(house or []),
        category="Coupe",
        days=Days(date.fromisoformat(start), date.fromisoformat(start[:8] + end)),
        zone="UTC",
        now=NOW,
        today=NOW.date(),
    )


@pytest.mark.parametrize(
    "rule",
    [
        Delivery(name="Delivery", **USD),
        Delivery(name="Beach", code="beach", areas=(Area("US", "33"),), **USD),
        Collection(name="Collection", **USD),
        AfterHours(name="Late", side="pickup", since=time(20), until=time(7), **USD),
        AfterHours(name="Late", side="return", since=time(20), until=time(7), **USD),
        OneWay(name="One way", **USD),
        AdditionalDriver(name="Driver", **USD),
        YoungDriver(name="Young", from_age=21, below_age=25, **USD),
        Extra(name="Seat", code="seat", **USD),
        MandatoryFee(name="Cleaning", **USD),
        Waiver(name="Cover", code="cover", excess=Decimal(500), **USD),
    ],
    ids=lambda rule: f"{rule.kind}-{rule.code}{getattr(rule, 'side', '')}",
)
def test_what_a_rule_is_about_is_chosen_so_that_its_line_is_seen(rule: Rule) -> None:
    before, after = preview(rental(), rule)
    assert (before.price.total, after.price.total) == (2000, 2040)
    assert len(after.price.lines) == len(before.price.lines) + 1


def test_a_rule_that_changes_the_days_is_seen_in_their_price() -> None:
    assert preview(rental(), Season(name="June", percent=Decimal(150)))[1].price.total == 3000
    assert preview(rental(), LengthDiscount(name="Two", days=2, percent=Decimal(10)))[1].price.total == 1800
    assert preview(rental(), Tax(name="Tax", percent=Decimal(7)))[1].price.tax == 140
    assert preview(rental(), PartPayment(name="Parts", percent=Decimal(30), days_before=3))[1].price.due_now == 600


def test_a_replacement_leaves_the_old_rule_out_and_a_withdrawal_everything() -> None:
    old, new = MandatoryFee(name="Cleaning", **USD), MandatoryFee(name="Cleaning", amount=Decimal(70), currency="USD")
    for there in (rental(own=[old]), rental(house=[old])):
        assert [look.price.total for look in preview(there, new, old)] == [2040, 2070]
        assert [look.price.total for look in preview(there, None, old)] == [2040, 2000]


def test_an_extra_that_is_withdrawn_is_priced_without_it_afterwards() -> None:
    seat = Extra(name="Seat", code="seat", **USD)
    assert [look.price.total for look in preview(rental(house=[seat]), None, seat)] == [2040, 2000]


@pytest.mark.parametrize(
    ("scope", "total"), [({}, 2040), ({"category": "Coupe"}, 2040), ({"category": "Saloon"}, 2000), ({"car_id": CAR}, 2040)]
)
def test_a_rule_counts_for_the_cars_it_is_for(scope: dict[str, Any], total: int) -> None:
    assert preview(rental(), MandatoryFee(name="Cleaning", **USD, **scope))[1].price.total == total
    assert preview(rental(), MandatoryFee(name="Cleaning", car_id=CarId(new_id()), **USD))[1].price.total == 2000


def test_limits_and_notice_are_told_for_both_sides() -> None:
    before, after = preview(rental(), Season(name="Long", minimum_days=3))
    assert (before.hindrances, after.hindrances[0].days) == ((), 3)
    before, after = preview(rental(), Notice(name="A month", hours=24 * 30))
    assert before.hindrances == ()
    assert after.hindrances[0].earliest == datetime(2026, 7, 1, 12, tzinfo=UTC)
