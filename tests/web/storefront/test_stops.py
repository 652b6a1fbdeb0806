"""Both ends of a rental as a form asks for them: the countries an address may lie in."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from exodrive.fleet.model import Location
from exodrive.kit.days import Days
from exodrive.kit.ids import LocationId, new_id
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import Area, Delivery
from exodrive.pricing.offers import offers_for
from exodrive.web.storefront.stops import Stop, stops_of
from tests.pricing.rental import car

HOME = Location(LocationId(new_id()), "Garage", "1 Way", None, "Miami", None, None, "US", None, None, None, None, "UTC", True, ())
DAYS = Days(date(2026, 6, 8), date(2026, 6, 10))
NOW = datetime(2026, 6, 1, tzinfo=ZoneInfo("UTC"))


def stop(*zones: tuple[str, str], booked: str = "") -> Stop:
    """The pick-up where there is a zone for each code and country; without a code it is everywhere else."""
    rules = Book(
        Delivery(name=code or "Else", code=code, areas=(Area(land),) if code else (), amount=Decimal(90), currency="USD")
        for code, land in zones
    )
    usual = {"pickup_time": "10:00", "dropoff_time": "18:00", "pickup_address_country": booked}
    return stops_of(HOME, [HOME], DAYS, (NOW, NOW), offers_for(car(), rules, DAYS), usual)[0]


@pytest.mark.parametrize(
    ("zones", "booked", "countries"),
    [
        ([("", "")], "", ["US"]),
        ([("city", "US"), ("", "")], "", ["US"]),
        ([("riviera", "MC")], "", ["MC"]),
        ([("riviera", "MC"), ("", "")], "", ["US", "MC"]),
        ([("alps", "CH"), ("riviera", "MC"), ("city", "US")], "", ["US", "MC", "CH"]),
        ([("city", "US")], "MX", ["US", "MX"]),
        ([], "", []),
    ],
)
def test_an_address_may_lie_where_our_zones_do_at_home_first(zones: list[tuple[str, str]], booked: str, countries: list[str]) -> None:
    assert [code for code, _name in stop(*zones, booked=booked).countries] == countries


def test_a_country_is_told_by_its_name() -> None:
    assert stop(("riviera", "MC")).countries == (("MC", "Monaco"),)
