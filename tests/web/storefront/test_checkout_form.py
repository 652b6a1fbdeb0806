"""The checkout's form as an order: strict to book it, lenient to price it."""

from datetime import date, time

import pytest

from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from exodrive.web.storefront.checkout_form import order_of, wanted, without

DAYS = Days.parse("2026-12-01..03")
CAR = "01a20495-3db5-76f8-9e19-121c87e5ce31"
FORM = {"car_id": CAR, "start": "2026-12-01", "end": "2026-12-03", "pickup_location_id": "address", "pickup_address_city": "Miami"}


def test_extras_are_gathered_by_their_codes() -> None:
    order = order_of(FORM | {"extras.seat": "2", "extras.camera": "1", "waiver": "full", "part_payment": "true"})
    assert (order.extras, order.waiver, order.part_payment) == ({"seat": 2, "camera": 1}, "full", True)
    assert order.pickup.location_id is None
    assert order.pickup.address is not None


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        order_of(FORM | {"extras.seat": "many", "birth_date": "soon", "additional_drivers": "-1"})
    assert set(refused.value.fields) == {"extras", "birth_date", "additional_drivers"}


def test_what_cannot_be_read_yet_counts_as_not_filled_in() -> None:
    order = wanted({"birth_date": "soon", "pickup_time": "late", "dropoff_time": "21:00", "extras.seat": "x", "waiver": "full"}, DAYS)
    assert (order.start, order.birth_date, order.extras, order.waiver) == (date(2026, 12, 1), None, {}, "full")
    assert (order.pickup.time, order.dropoff.time) == (time(10), time(21))


def test_an_address_that_is_not_typed_yet_is_one_all_the_same() -> None:
    order = wanted({"pickup_location_id": "address"}, DAYS)
    assert order.pickup.address is not None
    assert (order.pickup.address.city, order.dropoff.address) == ("", None)


def test_a_refused_choice_is_left_out() -> None:
    order = wanted({"extras.seat": "1", "extras.camera": "1", "waiver": "full", "pickup_location_id": "address"}, DAYS)
    assert without(order, "extras.seat").extras == {"camera": 1}
    assert without(order, "waiver").waiver == ""
    assert without(order, "pickup_address_city").pickup.address is None
