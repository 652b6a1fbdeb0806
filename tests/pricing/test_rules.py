"""Rules as values, and how they become inputs."""

from decimal import Decimal

import pytest

from exodrive.kit.days import Days
from exodrive.pricing.book import EMPTY, Book, read, together
from exodrive.pricing.choices import Choices
from exodrive.pricing.kinds import Area, Collection, Delivery, MandatoryFee, Tax
from exodrive.pricing.rules import JourneyNotOffered, house_of, inputs_of, journey_fee, sales_tax
from tests.pricing.rental import car

DAYS = Days.parse("2026-06-01..03")
HOUSE = house_of(
    """{"kind": "delivery", "name": "Delivery", "amount": 150.00, "currency": "USD", "taxable": true},
       {"kind": "delivery", "name": "Far", "code": "far", "areas": [{"country": "US"}], "amount": "300.00", "currency": "USD"},
       {"kind": "collection", "name": "Collection", "amount": 120, "currency": "USD", "taxable": false},
       {"kind": "tax", "name": "Sales tax", "percent": 7.0000}"""
)


def test_rules_are_read_from_their_json_to_the_last_digit():
    assert HOUSE.of(Delivery) == (
        Delivery(name="Delivery", amount=Decimal("150.00"), currency="USD"),
        Delivery(name="Far", code="far", areas=(Area("US"),), amount=Decimal("300.00"), currency="USD"),
    )
    assert str(HOUSE.of(Tax)[0].percent) == "7.0000"
    assert house_of(None) is EMPTY


def test_the_same_text_is_read_once():
    text = '{"kind": "tax", "name": "Tax", "percent": 7}'
    assert read(text) is read(str(text))
    assert together(EMPTY, read(text), "USD") is together(EMPTY, read(text), "USD")


def test_a_book_gives_the_highest_rank_first():
    fees = [MandatoryFee(name=str(number), amount=Decimal(1), priority=number) for number in (1, 3, 2)]
    assert [fee.name for fee in Book(fees).of(MandatoryFee)] == ["3", "2", "1"]
    assert EMPTY.of(MandatoryFee) == ()


def test_journeys_are_charged_only_when_asked_for():
    plain = inputs_of(car(), HOUSE, DAYS)
    assert (plain.delivery_fee, plain.collection_fee) == (None, None)
    both = inputs_of(car(), HOUSE, DAYS, delivery=True, collection=True)
    assert [(charge.amount, charge.taxable) for charge in both.charges] == [(Decimal(150), True), (Decimal(120), False)]
    by_zone = inputs_of(car(), HOUSE, DAYS, delivery=True, choices=Choices(delivery_zone="far", collection=True))
    assert (by_zone.delivery_fee, by_zone.collection_fee) == (Decimal(300), Decimal(120))


def test_the_inputs_carry_values_and_the_engine_of_today():
    made = inputs_of(car(), HOUSE, DAYS)
    assert (made.engine, made.days, made.taxes[0].name, made.taxes[0].percent) == (2, DAYS, "Sales tax", Decimal(7))
    assert (made.included_distance, made.price_per_extra_distance, made.deposit) == (360, Decimal("4.50"), Decimal(5000))


def test_without_rules_of_the_house_there_is_no_tax():
    assert inputs_of(car(), EMPTY, DAYS).taxes == ()
    assert sales_tax(car(), EMPTY) == ("", Decimal(0))
    assert sales_tax(car(), HOUSE) == ("Sales tax", Decimal(7))


def test_a_journey_in_another_currency_is_not_offered():
    with pytest.raises(JourneyNotOffered) as refused:
        inputs_of(car(currency="EUR"), HOUSE, DAYS, delivery=True)
    assert refused.value.status == 409
    with pytest.raises(JourneyNotOffered):
        inputs_of(car(), EMPTY, DAYS, collection=True)


def test_the_least_that_a_journey_costs_is_told_beforehand():
    assert (journey_fee(car(), HOUSE, Delivery), journey_fee(car(), HOUSE, Collection)) == (Decimal(150), Decimal(120))
    assert journey_fee(car(currency="EUR"), HOUSE, Delivery) is None
