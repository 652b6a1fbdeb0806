"""What is wrong so far: each field of a half-filled checkout is judged by the rules that judge the whole."""

import httpx
import pytest

from exodrive.bookings.orders import OLDEST, age_on, latest_birth
from tests.builders import Build, days_ahead
from tests.garage import MadeCar
from tests.web.storefront.test_checkout import open_form


async def told(http: httpx.AsyncClient, car: MadeCar, **values: str) -> dict[str, str]:
    days = days_ahead(10, 3)
    about = {"start": days.start.isoformat(), "end": days.end.isoformat(), "pickup_time": "10:00", "dropoff_time": "18:00"}
    answer = await http.post(f"/cars/{car.slug}/checkout/check", data=about | values)
    assert answer.status_code == 200
    wrong: dict[str, str] = answer.json()
    return wrong


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("email", "ada@example", "Please give an e-mail address, such as name@example.com."),
        ("phone", "call me", "Please give a phone number, such as +1 305 555 0100."),
        ("birth_date", "2020-01-01", "The driver of this car must be at least 25 years old on the day of pick-up."),
        ("birth_date", "some time", "Please give a date, such as 2026-06-01."),
        ("first_name", "A\x00da", "This contains characters that cannot be used."),
        ("pickup_time", "soon", "Please give a time, such as 10:00."),
    ],
)
async def test_what_would_be_refused_is_told_at_its_field(
    http: httpx.AsyncClient, build: Build, name: str, text: str, sentence: str
) -> None:
    assert (await told(http, await build.car(), **{name: text}))[name] == sentence


async def test_what_is_right_is_passed_over_and_what_is_missing_named(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    wrong = await told(http, car, email="ada@example.com", birth_date="1985-12-10", pickup_location_id=str(car.location_id))
    assert not {"email", "birth_date", "pickup_location_id", "pickup_time"} & set(wrong)
    assert {"first_name", "phone", "terms"} <= set(wrong)


async def test_an_hour_at_which_the_place_is_closed_is_told_before_the_form_is_sent(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    late = {"pickup_location_id": str(car.location_id), "pickup_time": "23:30"}
    assert "pickup_time" in await told(http, car, **late)
    assert "pickup_time" not in await told(http, car, **late | {"pickup_location_id": "address", "pickup_address_city": "Miami"})


async def test_asking_keeps_nothing_and_a_car_that_is_not_shown_is_unknown(http: httpx.AsyncClient, build: Build) -> None:
    car, hidden = await build.car(), await build.car(hidden=True)
    await told(http, car, email="nobody.asked@example.com")
    assert await build.value("select count(*) from customers where email = 'nobody.asked@example.com'") == 0
    days = days_ahead(10, 3)
    about = {"start": days.start.isoformat(), "end": days.end.isoformat()}
    assert (await http.post(f"/cars/{hidden.slug}/checkout/check", data=about)).status_code == 404
    assert (await http.post(f"/cars/{car.slug}/checkout/check", data={})).status_code == 422


async def test_the_calendar_of_births_ends_where_the_car_may_not_be_driven_yet(http: httpx.AsyncClient, build: Build) -> None:
    page = await open_form(http, await build.car())
    start = days_ahead(10, 3).start
    latest = latest_birth(start, 25)
    assert f'max="{latest}" min="{latest_birth(start, OLDEST)}"' in page
    assert age_on(latest, start) == 25
