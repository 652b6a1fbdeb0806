"""POST /api/bookings/{reference}/change, and what it would cost, over HTTP."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx

from exodrive.pricing.kinds import Extra
from tests.builders import Build, Made, days_ahead
from tests.garage import new_rules
from tests.web.api import contract

CHANGE = "/api/bookings/{reference}/change"
PRICE = "/api/bookings/{reference}/change/price"


async def paid(build: Build, **order: Any) -> tuple[Made, str]:
    """A paid booking of a car with a child seat ($18 a day)."""
    car, code = await build.car(), f"seat-{uuid4().hex[:8]}"
    await new_rules(build.doors, Extra(name="Child seat", code=code, per="day", amount=Decimal(18), car_id=car.id, currency="USD"))
    return await build.paid(car, **{name: {code: 1} if value == "seat" else value for name, value in order.items()}), code


async def ask(http: httpx.AsyncClient, path: str, made: Made, body: Any, *, token: str = "") -> httpx.Response:
    headers = {"authorization": f"Bearer {token or made.token}"}
    return await http.post(path.format(reference=made.reference), json=body, headers=headers)


async def test_a_change_is_priced_line_by_line_and_then_paid_for(http: httpx.AsyncClient, build: Build) -> None:
    made, code = await paid(build)
    answer = await ask(http, PRICE, made, {"extras": {code: 1}})
    assert answer.status_code == 200, answer.text
    told = contract.check(answer, "post", PRICE)
    assert Decimal(told["total_after"]) - Decimal(told["total_before"]) == Decimal(told["difference"]) >= 54
    seat = told["lines"][0]
    assert (seat["words"], seat["before"], seat["why"]) == ("Child seat, 3 days × $18", "", "You asked for it.")
    answer = await ask(http, CHANGE, made, {"extras": {code: 1}, "quote": told["quote"]})
    begun = contract.check(answer, "post", CHANGE)
    assert begun["status"] == "to-pay"
    assert "/checkoutnow?token=" in begun["approve_url"]
    assert await build.rows("select code from booking_extras where booking_id = $1", made.id) == []


async def test_a_cheaper_change_is_made_at_once_and_not_twice(http: httpx.AsyncClient, build: Build) -> None:
    made, _code = await paid(build, extras="seat")
    told = contract.check(await ask(http, PRICE, made, {"extras": {}}), "post", PRICE)
    assert Decimal(told["difference"]) <= -54
    asked = {"extras": {}, "quote": told["quote"]}
    assert contract.check(await ask(http, CHANGE, made, asked), "post", CHANGE) == {"status": "changed", "approve_url": None}
    again = await ask(http, CHANGE, made, asked)
    assert (again.status_code, contract.check(again, "post", CHANGE)["type"]) == (422, "/problems/nothing-changed")


async def test_wrong_wishes_are_named_by_their_path(http: httpx.AsyncClient, build: Build) -> None:
    made, _code = await paid(build)
    answer = await ask(http, PRICE, made, {"extras": {"no-such": 1}})
    assert [error["field"] for error in contract.check(answer, "post", PRICE)["errors"]] == ["extras.no-such"]
    place = {"time": "03:00", "location_id": str(made.order.pickup.location_id)}
    answer = await ask(http, PRICE, made, {"pickup": place})
    assert [error["field"] for error in contract.check(answer, "post", PRICE)["errors"]] == ["pickup.time"]
    answer = await ask(http, CHANGE, made, {"additional_drivers": -1, "colour": "red"})
    assert {error["field"] for error in contract.check(answer, "post", CHANGE)["errors"]} == {"additional_drivers", "colour"}


async def test_a_price_that_was_not_promised_is_told_first(http: httpx.AsyncClient, build: Build) -> None:
    made, code = await paid(build)
    other = contract.check(
        await ask(http, PRICE, made, {"pickup": {"time": "11:00", "location_id": str(made.order.pickup.location_id)}}), "post", PRICE
    )
    answer = await ask(http, CHANGE, made, {"extras": {code: 1}, "quote": other["quote"]})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/price-changed")
    forged = await ask(http, CHANGE, made, {"extras": {code: 1}, "quote": "forged"})
    assert forged.status_code == 422


async def test_only_the_holder_of_a_paid_booking_may_ask(http: httpx.AsyncClient, build: Build) -> None:
    made, code = await paid(build)
    other = await build.paid()
    for path in (PRICE, CHANGE):
        assert (await ask(http, path, made, {"extras": {code: 1}}, token=other.token)).status_code == 404
    held = await build.held()
    answer = await ask(http, PRICE, held, {"additional_drivers": 1})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-changeable")


async def test_days_are_added_by_their_price_and_the_terms(http: httpx.AsyncClient, build: Build) -> None:
    made, _code = await paid(build)
    end = {"end": str(made.order.end + timedelta(days=2))}
    told = contract.check(await ask(http, PRICE, made, end), "post", PRICE)
    assert (told["start"], told["end"], Decimal(told["difference"]) > 0) == (str(made.order.start), end["end"], True)
    answer = await ask(http, CHANGE, made, end | {"quote": told["quote"]})
    assert [error["field"] for error in contract.check(answer, "post", CHANGE)["errors"]] == ["terms"]
    accepted = end | {"quote": told["quote"], "terms": told["terms_version"]}
    assert contract.check(await ask(http, CHANGE, made, accepted), "post", CHANGE)["status"] == "to-pay"
    [states] = await build.rows("select array_agg(status order by date) from car_availability where booking_id = $1", made.id)
    assert states[0] == ["booked"] * 3 + ["pending"] * 2


async def test_a_taken_day_is_refused_with_what_can_be_had(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car()
    made = await build.paid(car, days_ahead(10, 3))
    await build.held(car, days_ahead(14, 2))
    answer = await ask(http, PRICE, made, {"end": str(made.order.end + timedelta(days=2))})
    told = contract.check(answer, "post", PRICE)
    assert (answer.status_code, told["type"], len(told["free"])) == (409, "/problems/car-taken", 3)
