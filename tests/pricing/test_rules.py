"""Rules as values, and how they become inputs."""

from decimal import Decimal

import pytest

from exodrive.kit.days import Days
from exodrive.pricing.model import Rates
from exodrive.pricing.rules import CarRules, JourneyNotOffered, house_of, inputs_of
from tests.pricing.prices import CAR

DAYS = Days.parse("2026-06-01..03")
HOUSE = house_of(
    [
        ("delivery", "Delivery", Decimal(150), None, "USD", True),
        ("collection", "Collection", Decimal(120), None, "USD", False),
        ("tax", "Sales tax", None, Decimal(7), None, True),
    ]
)


def car(currency: str = "USD") -> CarRules:
    return CarRules(CAR, Rates(currency, Decimal(1000), None, Decimal(5000), 1), (), 120, Decimal("4.50"), "mi")


def test_journeys_are_charged_only_when_asked_for():
    plain = inputs_of(car(), HOUSE, DAYS)
    assert (plain.delivery_fee, plain.collection_fee) == (None, None)
    both = inputs_of(car(), HOUSE, DAYS, delivery=True, collection=True)
    assert (both.delivery_fee, both.delivery_taxable) == (Decimal(150), True)
    assert (both.collection_fee, both.collection_taxable) == (Decimal(120), False)


def test_the_inputs_carry_values_and_the_engine_of_today():
    made = inputs_of(car(), HOUSE, DAYS)
    assert (made.engine, made.days, made.tax_name, made.tax_percent) == (1, DAYS, "Sales tax", Decimal(7))
    assert (made.included_distance_per_day, made.price_per_extra_distance) == (120, Decimal("4.50"))


def test_without_rules_of_the_house_there_is_no_tax():
    made = inputs_of(car(), {}, DAYS)
    assert (made.tax_percent, made.tax_name) == (Decimal(0), "")


def test_a_journey_in_another_currency_is_not_offered():
    with pytest.raises(JourneyNotOffered) as refused:
        inputs_of(car("EUR"), HOUSE, DAYS, delivery=True)
    assert refused.value.status == 409
    with pytest.raises(JourneyNotOffered):
        inputs_of(car(), {}, DAYS, collection=True)
