"""Choices over JSON: asked for in the address, priced with every line's reason, and booked by the same promise."""

from datetime import time
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

from exodrive.pricing.kinds import AdditionalDriver, AfterHours, Delivery, Extra, PartPayment, Waiver
from tests.builders import Build, days_ahead
from tests.garage import MadeCar, new_rules
from tests.web.api import contract
from tests.web.api.test_bookings import plain, send

DAYS = days_ahead(20, 3)
DOLLARS = {"currency": "USD"}


@pytest.fixture
def seat() -> str:
    return f"seat-{uuid4().hex[:10]}"


@pytest.fixture
async def car(build: Build, seat: str) -> MadeCar:
    made = await build.car()
    own = {"car_id": made.id}
    await new_rules(
        build.doors,
        Extra(name="Child seat", code=seat, per="day", amount=Decimal(18), most=2, stock=2, **DOLLARS, **own),
        Waiver(name="Full cover", code="full", amount=Decimal(150), excess=Decimal(500), **DOLLARS, **own),
        AdditionalDriver(name="Driver", amount=Decimal(30), **DOLLARS, **own),
        AfterHours(name="Late", since=time(20), until=time(7), amount=Decimal(75), **DOLLARS, **own),
        Delivery(name="Anywhere", amount=Decimal(99), **DOLLARS, **own),
        PartPayment(name="Two parts", percent=Decimal(30), days_before=7, **own),
    )
    return made


async def asked(http: httpx.AsyncClient, car: MadeCar, **wish: object) -> httpx.Response:
    query = {"car_id": car.id, "start": DAYS.start, "end": DAYS.end} | wish
    return await http.get("/api/availability", params={name: str(value) for name, value in query.items()})


async def test_the_answer_tells_what_can_be_chosen_and_how_many_are_left(
    http: httpx.AsyncClient, build: Build, car: MadeCar, seat: str
) -> None:
    other = await build.car()
    await new_rules(build.doors, Extra(name="Child seat", code=seat, amount=Decimal(1), stock=2, car_id=other.id, **DOLLARS))
    await build.held(other, DAYS, extras={seat: 1})
    choices = contract.check(await asked(http, car), "get", "/api/availability")["choices"]
    assert [(extra["code"], extra["total"], extra["most"]) for extra in choices["extras"]] == [(seat, "54.00", 1)]
    assert [(one["code"], one["total"], one["excess"]) for one in choices["waivers"]] == [("full", "150.00", "500")]
    assert (choices["additional_drivers"], Decimal(choices["part_payment_percent"])) == (1, 30)


async def test_what_is_chosen_is_priced_with_reasons_and_booked_by_the_promise(
    http: httpx.AsyncClient, build: Build, car: MadeCar, seat: str
) -> None:
    place = str(car.location_id)
    wish = {"extras": f"{seat}:2", "waiver": "full", "additional_drivers": 1, "part_payment": "true", "delivery": "true"}
    hours = {"pickup_address_country": "US", "pickup_address_city": "Miami", "dropoff_location_id": place, "dropoff_time": "21:00"}
    price = contract.check(await asked(http, car, **wish, **hours), "get", "/api/availability")["price"]
    reasons = {line["kind"]: (line["reason"], line["amount"]) for line in price["lines"]}
    assert reasons == {
        "days": ("base_price", "3000.00"),
        "delivery": ("asked_for", "99.00"),
        "after_hours": ("time_of_day", "75.00"),
        "additional_driver": ("asked_for", "30.00"),
        "extra": ("asked_for", "108.00"),
        "waiver": ("asked_for", "150.00"),
    }
    assert all(line["why"].endswith(".") for line in price["lines"])
    assert Decimal(price["due_now"]) + Decimal(price["due_later"]) == Decimal(price["total"])
    assert Decimal(price["excess"]) == 500
    body = plain(await build.order(car, DAYS, quote=price["quote"]))
    body |= {"extras": {seat: 2}, "waiver": "full", "additional_drivers": 1, "part_payment": True}
    body["pickup"] = {"time": "10:00:00", "address": {"line1": "1 Way", "city": "Miami", "country": "US"}}
    body["dropoff"] = {"time": "21:00:00", "location_id": place}
    answer = await send(http, body)
    assert answer.status_code == 201, answer.text
    held = contract.check(answer, "post", "/api/bookings")
    assert (held["total"], held["due_now"], held["due_on"]) == (price["total"], price["due_now"], price["due_on"])


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"extras": "no-such:1"}, "extras.no-such"),
        ({"extras": "seat:x"}, "extras"),
        ({"waiver": "no-such"}, "waiver"),
        ({"additional_drivers": 2}, "additional_drivers"),
        ({"dropoff_time": "late"}, "dropoff_time"),
        ({"pickup_location_id": "01a20495-3db5-76f8-9e19-121c87e5ce31"}, "pickup_location_id"),
    ],
)
async def test_what_cannot_be_chosen_is_named(http: httpx.AsyncClient, car: MadeCar, wish: dict[str, object], field: str) -> None:
    answer = await asked(http, car, **wish)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in contract.check(answer, "get", "/api/availability")["errors"]] == [field]


async def test_an_extra_that_is_not_there_is_refused_by_its_path(http: httpx.AsyncClient, build: Build, car: MadeCar) -> None:
    body = plain(await build.order(car, DAYS, quote="")) | {"extras": {"no-such": 1}}
    answer = await send(http, body)
    assert [error["field"] for error in contract.check(answer, "post", "/api/bookings")["errors"]] == ["extras.no-such"]
