"""Zones by country, postal code or city."""

from datetime import date
from decimal import Decimal

import pytest

from exodrive.pricing.book import Book
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.kinds import Area, Collection, Delivery
from exodrive.pricing.zones import areas_in_words, check_served, zone_for
from tests.pricing.prices import CAR
from tests.pricing.rental import car

DAY = date(2026, 6, 1)
USD = {"currency": "USD", "amount": Decimal(1)}
MIAMI = Delivery(name="Miami", code="miami", areas=(Area("US", "331"), Area("US", "332")), **USD)
BEACH = Delivery(name="Beach", code="beach", areas=(Area("US", "33139"), Area("US", "33140")), **USD)
DUBAI = Delivery(name="Dubai", code="dubai", areas=(Area("AE", city="Dubai"),), **USD)
EMIRATES = Delivery(name="Emirates", code="emirates", areas=(Area("AE"),), **USD)
LONDON = Delivery(name="London", code="london", areas=(Area("GB", "SW1"),), **USD)
ELSEWHERE = Delivery(name="Delivery", **USD)


def zone(country, postal_code="", city="", *, rules=(MIAMI, BEACH, DUBAI, EMIRATES, LONDON), of=None):
    return zone_for(of or car(), Book(rules), Delivery, DAY, country=country, postal_code=postal_code, city=city)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (("US", "33131", "Miami"), "miami"),
        (("US", "33139", "Miami Beach"), "beach"),
        (("us ", " 33139-1234"), "beach"),
        (("GB", "sw1a 1aa"), "london"),
        (("AE", "", "dubai "), "dubai"),
        (("AE", "", "Sharjah"), "emirates"),
        (("AE",), "emirates"),
        (("US", "10001"), None),
        (("CA", "33139"), None),
    ],
)
def test_the_narrowest_area_decides(address, found):
    assert zone(*address) == found


def test_what_is_in_no_zone_is_everywhere_else_where_there_is_such_a_rule():
    assert zone("FR", "75001", rules=(MIAMI, ELSEWHERE)) == ""
    assert zone("FR", "75001", rules=()) is None


def test_of_equal_areas_the_rule_of_the_higher_rank_decides():
    own = Delivery(name="Own", code="own", areas=(Area("US", "331"),), car_id=CAR, **USD)
    assert zone("US", "33131", rules=(MIAMI, own)) == "own"
    assert zone("US", "33139", rules=(MIAMI, own, BEACH)) == "beach"


def test_only_rules_of_the_journey_the_day_and_the_currency_count():
    fair = Delivery(name="Fair", code="fair", areas=(Area("US"),), first=date(2026, 7, 1), **USD)
    fetch = Collection(name="Fetch", code="fetch", areas=(Area("US"),), **USD)
    assert zone("US", "33131", rules=(fair, fetch)) is None
    assert zone("US", "33131", rules=(MIAMI,), of=car(currency="EUR")) is None


def test_where_we_do_not_go_the_address_is_refused_at_its_field():
    assert check_served("", "pickup_address") == ""
    with pytest.raises(NotOffered) as refused:
        check_served(None, "pickup_address")
    assert set(refused.value.fields) == {"pickup_address"}


def test_areas_are_told_to_staff():
    assert areas_in_words([Area("US", "331"), Area("AE", city="Dubai"), Area("MC")]) == "US 331…, AE Dubai, MC"
