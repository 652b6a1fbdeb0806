"""The order as flat fields."""

from datetime import date, time

import pytest

from exodrive.bookings.fields import OrderFields
from exodrive.bookings.model import Address
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, LocationId, new_id

CAR, PLACE = CarId(new_id()), LocationId(new_id())


def fields(**more):
    return OrderFields(car_id=CAR, start=date(2027, 3, 1), end=date(2027, 3, 2), **more)


def test_places_of_ours_and_usual_times():
    order = fields(pickup_location_id=PLACE, dropoff_location_id=PLACE).order()
    assert (order.pickup.location_id, order.pickup.time, order.dropoff.time) == (PLACE, time(10), time(18))
    assert order.pickup.address is None


def test_an_address_is_read_trimmed():
    place = {"pickup_address_line1": " 1 Ocean Drive ", "pickup_address_city": "Miami", "pickup_address_country": "us"}
    assert fields(**place).order().pickup.address == Address(line1="1 Ocean Drive", city="Miami", country="US")


def test_with_a_place_of_ours_the_address_is_left_aside():
    order = fields(pickup_location_id=PLACE, pickup_address_line1="left over").order()
    assert order.pickup.address is None


@pytest.mark.parametrize("text", ["", "ten", "25:00", "10:00:30", "10:00Z", "10:00+02:00"])
def test_a_time_that_is_none_is_named(text):
    with pytest.raises(BadInput) as refused:
        fields(pickup_time=text, dropoff_time=text).order()
    assert set(refused.value.fields) == {"pickup_time", "dropoff_time"}
