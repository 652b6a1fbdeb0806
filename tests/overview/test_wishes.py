"""From an order to the choices of the price."""

from datetime import date, time
from decimal import Decimal

import msgspec
import pytest

from exodrive.bookings.model import Address, CheckoutOrder, Place
from exodrive.fleet.model import Hours, Location
from exodrive.kit.ids import CarId, LocationId, new_id
from exodrive.overview.wishes import choices_of
from exodrive.pricing.book import EMPTY, Book
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.kinds import Area, Delivery
from tests.pricing.rental import car

TODAY = date(2026, 6, 1)
HERE = LocationId(new_id())
OURS = Location(
    HERE, "Garage", "1 Way", None, "Miami", None, None, "US", None, None, None, None, "UTC", True, (Hours(1, time(8), time(20)),)
)
MONDAY = date(2026, 6, 8)
CITY = Delivery(name="City", code="city", areas=(Area("US", city="Miami"),), amount=Decimal(90), currency="USD")
FAR = Delivery(name="Far", code="far", areas=(Area("US", "33"),), amount=Decimal(150), currency="USD")


def order(pickup, dropoff=None, **changes):
    nobody = {"email": "", "first_name": "", "last_name": "", "phone": "", "birth_date": None, "quote": ""}
    return CheckoutOrder(car_id=CarId(new_id()), start=MONDAY, end=MONDAY, pickup=pickup, dropoff=dropoff or pickup, **(nobody | changes))


def chosen(pickup, *rules, **changes):
    return choices_of(order(pickup, **changes), car(), Book(rules) if rules else EMPTY, {HERE: OURS}, today=TODAY)


def at(address):
    return Place(time=time(10), address=address)


@pytest.mark.parametrize(("hour", "told"), [(time(8), None), (time(20), None), (time(20, 30), time(20, 30)), (time(7, 30), time(7, 30))])
def test_an_hour_is_told_when_our_place_is_closed_then(hour, told):
    assert chosen(Place(time=hour, location_id=HERE)).pickup_time == told


def test_at_an_address_every_hour_is_told_and_without_a_place_none():
    assert chosen(at(Address(line1="1 Way", city="Miami", country="US")), CITY).pickup_time == time(10)
    assert chosen(Place(time=time(23))).pickup_time is None


def test_the_narrowest_zone_of_an_address_is_chosen():
    address = Address(line1="1 Way", city="Miami", postal_code="33139", country="US")
    assert chosen(at(address), CITY, FAR).delivery_zone == "city"
    assert chosen(at(msgspec.structs.replace(address, city="Hialeah")), CITY, FAR).delivery_zone == "far"


def test_an_address_that_is_not_told_yet_counts_as_the_cheapest_zone():
    assert chosen(at(Address(line1="", city="", country="US")), CITY, FAR).delivery_zone == "city"


@pytest.mark.parametrize(("code", "field"), [("99501", "pickup_address_postal_code"), ("", "pickup_address_city")])
def test_where_we_do_not_go_the_field_is_named(code, field):
    with pytest.raises(NotOffered) as refused:
        chosen(at(Address(line1="1 Way", city="Nome", postal_code=code, country="US")), CITY, FAR)
    assert set(refused.value.fields) == {field}


def test_what_is_chosen_goes_over_as_it_is():
    found = chosen(Place(time=time(10), location_id=HERE), extras={"seat": 2}, waiver="full", additional_drivers=1, part_payment=True)
    assert (found.extras, found.waiver, found.additional_drivers, found.part_payment, found.today) == ({"seat": 2}, "full", 1, True, TODAY)
    assert (found.delivery, found.pickup_place, found.return_place) == (False, HERE, HERE)
