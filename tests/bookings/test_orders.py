"""The person, the places and the terms of an order, without any database."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.bookings import orders
from exodrive.bookings.model import Address, CheckoutOrder, Place, Rules
from exodrive.kit.ids import CarId, LocationId, new_id

PLACE = Place(time=time(10), location_id=LocationId(new_id()))
RULES = Rules()


def order(**changes):
    values = {
        "car_id": CarId(new_id()),
        "start": date(2027, 3, 1),
        "end": date(2027, 3, 3),
        "pickup": PLACE,
        "dropoff": PLACE,
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "Renter",
        "phone": "+1 305 555 0100",
        "birth_date": date(1990, 1, 1),
        "quote": "q",
        "terms": RULES.terms_version,
    }
    return CheckoutOrder(**(values | changes))


@pytest.mark.parametrize("email", ["ada@example.com", "a.b+c@sub.example.co.uk", "żółć@bücher.example", "o'hara@example.com", "x@e.museum"])
def test_real_addresses_pass(email):
    assert orders.check_person(order(email=email), 25) == {}


@pytest.mark.parametrize(
    "email", ["ada", "@example.com", "ada@", "ada@example", "a b@example.com", "a@b@c.com", "a@.com", "a@x..com", "<a@b.co>"]
)
def test_what_is_no_address_does_not(email):
    assert set(orders.check_person(order(email=email), 25)) == {"email"}


@pytest.mark.parametrize("phone", ["+1 305 555 0100", "(305) 555-0100", "030/1234567", "0049.30.1234567"])
def test_real_numbers_pass(phone):
    assert orders.check_person(order(phone=phone), 25) == {}


def test_texts_are_trimmed_and_the_address_is_in_lower_case():
    tidy = orders.tidy(order(email="  Ada@Example.COM ", first_name=" Ada ", notes="  hello\n"))
    assert (tidy.email, tidy.first_name, tidy.notes) == ("ada@example.com", "Ada", "hello")


@given(day=st.dates(date(2026, 1, 1), date(2035, 12, 31)), age=st.integers(16, 120))
def test_the_latest_day_of_birth_is_old_enough_and_the_day_after_is_not(day, age):
    latest = orders.latest_birth(day, age)
    assert orders.age_on(latest, day) == age
    assert orders.age_on(latest + timedelta(days=1), day) == age - 1


@given(born=st.dates(date(1910, 1, 1), date(2025, 12, 31)), day=st.dates(date(2026, 1, 1), date(2035, 12, 31)))
def test_a_year_is_full_on_the_birthday(born, day):
    age = orders.age_on(born, day)
    assert orders.age_on(born, day + timedelta(days=366)) >= age + 1
    assert 0 <= orders.age_on(born, day) - orders.age_on(born, day - timedelta(days=1)) <= 1
    if (born.month, born.day) != (2, 29):
        assert orders.age_on(born, born.replace(year=born.year + 30)) == 30
        assert orders.age_on(born, born.replace(year=born.year + 30) - timedelta(days=1)) == 29


def test_an_address_needs_street_city_and_country():
    empty = Place(time=time(10), address=Address(line1=" ", city="", country="usa"))
    assert set(orders.check_place(empty, "pickup")) == {"pickup_address_line1", "pickup_address_city", "pickup_address_country"}


@given(st.text(max_size=300))
def test_any_text_is_answered_with_fields_never_an_error(text):
    some = order(email=text, first_name=text, last_name=text, phone=text, notes=text, terms=text)
    orders.check_texts(some)
    tidy = orders.tidy(some)
    wrong = orders.check_person(tidy, 25) | orders.check_terms(tidy, RULES)
    assert "terms" in wrong
    assert set(wrong) <= {"email", "first_name", "last_name", "phone", "terms"}
