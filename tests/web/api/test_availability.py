"""GET /availability over HTTP: whatever is asked, an answer or a named field, never a failure of ours."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from tests import garage
from tests.builders import Build, days_ahead
from tests.garage import MadeCar
from tests.product import Stack
from tests.web.api import contract

NOBODYS = "5b7d0c3e-3c1f-4b57-9d6e-2f1f0a8c9e11"
PATHS = ["/availability", "/api/availability"]
HOSTILE = [
    "' or 1=1 --",
    "1; drop table cars",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00",
    "\0",
    "\ud7ff\uffff",
    "😀",
    "x" * 6000,
    "-1",
    "9" * 400,
    "NaN",
    "null",
    " ",
]


@pytest.fixture
async def car(build: Build) -> MadeCar:
    return await build.car()


async def ask(http: httpx.AsyncClient, path: str = PATHS[1], **query: Any) -> httpx.Response:
    return await http.get(path, params={name: str(value) for name, value in query.items() if value is not None})


async def wrong(answer: httpx.Response) -> dict[str, str]:
    """The refusal's fields, when it is one as described."""
    assert answer.status_code == 422, answer.text
    body = contract.check(answer, "get", "/api/availability")
    return {error["field"]: error["message"] for error in body["errors"]}


def around(days: Days) -> dict[str, str]:
    return {"start": days.start.isoformat(), "end": days.end.isoformat()}


@pytest.mark.parametrize("path", PATHS)
async def test_a_free_range_is_bookable_with_its_price_and_a_quote(http: httpx.AsyncClient, car: MadeCar, path: str) -> None:
    days = days_ahead(10, 3)
    answer = await ask(http, path, car_id=car.id, **around(days))
    assert answer.status_code == 200, answer.text
    body = contract.check(answer, "get", path)
    assert (body["car_id"], body["start"], body["end"]) == (str(car.id), days.start.isoformat(), days.end.isoformat())
    assert (body["time_zone"], body["minimum_days"], body["bookable"], body["obstacles"], body["nearest"]) == (garage.ZONE, 1, True, [], [])
    assert [day["date"] for day in body["days"]] == [day.isoformat() for day in days]
    assert all(day["free"] and day["reason"] is None and Decimal(day["price"]) == 1000 for day in body["days"])
    price = body["price"]
    assert (price["currency"], Decimal(price["subtotal"]), Decimal(price["deposit"])) == ("USD", 3000, 5000)
    assert Decimal(price["total"]) == Decimal(price["subtotal"]) + Decimal(price["tax"])
    assert sum(Decimal(line["amount"]) for line in price["lines"]) == Decimal(price["subtotal"])
    assert len(price["quote"]) > 40


async def test_a_taken_day_says_why_in_one_word_and_the_nearest_free_ranges_are_told(
    http: httpx.AsyncClient, build: Build, car: MadeCar
) -> None:
    held = await build.held(car, days_ahead(10, 3))
    asked = Days(held.order.start - timedelta(days=1), held.order.end)
    body = (await ask(http, car_id=car.id, **around(asked))).json()
    assert body["bookable"] is False
    assert [obstacle["code"] for obstacle in body["obstacles"]] == ["taken"]
    assert [(day["free"], day["reason"]) for day in body["days"]] == [(True, None), *[(False, "held")] * 3]
    assert 1 <= len(body["nearest"]) <= 3
    for near in body["nearest"]:
        again = (await ask(http, car_id=car.id, start=near["start"], end=near["end"])).json()
        assert again["bookable"] is True
    paid = await build.paid(days=days_ahead(10, 1))
    body = (await ask(http, car_id=paid.order.car_id, **around(days_ahead(10, 1)))).json()
    assert [day["reason"] for day in body["days"]] == ["booked"]
    assert held.reference not in str(body)


async def test_a_hold_that_ran_out_counts_as_free(http: httpx.AsyncClient, build: Build, car: MadeCar) -> None:
    made = await build.held(car, days_ahead(10, 3))
    await build.lapse(made)
    body = (await ask(http, car_id=car.id, **around(days_ahead(10, 3)))).json()
    assert body["bookable"] is True


async def test_too_few_days_are_an_answer_and_no_error(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(price={"minimum_days": 3})
    body = (await ask(http, car_id=car.id, **around(days_ahead(10, 2)))).json()
    assert (body["bookable"], body["minimum_days"], body["obstacles"][0]["code"]) == (False, 3, "too_short")


async def test_the_same_day_twice_is_one_day(http: httpx.AsyncClient, car: MadeCar) -> None:
    body = (await ask(http, car_id=car.id, **around(days_ahead(10, 1)))).json()
    assert (len(body["days"]), Decimal(body["price"]["subtotal"])) == (1, 1000)


async def test_a_leap_day_is_a_day(http: httpx.AsyncClient, car: MadeCar) -> None:
    for day, status in (("2028-02-29", 422), ("2027-02-29", 422)):
        answer = await ask(http, car_id=car.id, start=day, end=day)
        assert answer.status_code == status
    assert "Write the day" not in (await wrong(await ask(http, car_id=car.id, start="2028-02-29", end="2028-02-29")))["start"]
    assert "Write the day" in (await wrong(await ask(http, car_id=car.id, start="2027-02-29", end="2027-02-29")))["start"]


async def test_everything_missing_is_named_at_once(http: httpx.AsyncClient) -> None:
    assert set(await wrong(await ask(http))) == {"car_id", "start", "end"}


async def test_each_missing_part_is_named(http: httpx.AsyncClient, car: MadeCar) -> None:
    days = around(days_ahead(10, 3))
    assert set(await wrong(await ask(http, **days))) == {"car_id"}
    assert set(await wrong(await ask(http, car_id=car.id, end=days["end"]))) == {"start"}
    assert set(await wrong(await ask(http, car_id=car.id, start=days["start"]))) == {"end"}
    assert set(await wrong(await ask(http, car_id="", start="", end=""))) == {"car_id", "start", "end"}


NO_DATES = [
    "tomorrow",
    "2026-13-01",
    "2026-02-30",
    "20260601",
    "2026-W23-1",
    "2026-6-1",
    "01.06.2026",
    "2026-06-01T10:00",
    "2026-06-01 ",
    "٢٠٢٦-٠٦-٠١",
]


@pytest.mark.parametrize("text", NO_DATES)
async def test_what_is_no_date_is_named(http: httpx.AsyncClient, car: MadeCar, text: str) -> None:
    assert set(await wrong(await ask(http, car_id=car.id, start=text, end="2026-12-24"))) == {"start"}
    assert set(await wrong(await ask(http, car_id=car.id, start="2026-12-24", end=text))) == {"end"}


async def test_days_that_cannot_be_are_named(http: httpx.AsyncClient, car: MadeCar) -> None:
    today = day_at(clock.now(), garage.ZONE)

    async def fields(first: int, last: int) -> set[str]:
        return set(await wrong(await ask(http, car_id=car.id, start=today + timedelta(days=first), end=today + timedelta(days=last))))

    assert await fields(12, 10) == {"end"}, "ends before it starts"
    assert await fields(-1, 3) == {"start"}, "past"
    assert await fields(10, 10 + 30) == {"end"}, "31 days"
    assert await fields(360, 366) == {"end"}, "too far ahead"
    assert await fields(366, 367) == {"start"}, "all of it too far ahead"
    assert (await ask(http, car_id=car.id, start=today, end=today)).status_code == 200
    assert (await ask(http, car_id=car.id, start=today + timedelta(days=336), end=today + timedelta(days=365))).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "1600-02-29", "9999-12-31"])
async def test_the_ends_of_the_calendar_are_only_days_out_of_reach(http: httpx.AsyncClient, car: MadeCar, day: str) -> None:
    assert "start" in await wrong(await ask(http, car_id=car.id, start=day, end=day))
    assert await wrong(await ask(http, car_id=car.id, start="0001-01-01", end="9999-12-31"))


@pytest.mark.parametrize("text", ["7", "not-a-uuid", NOBODYS[:-1], NOBODYS + "0", "../cars", NOBODYS])
async def test_an_unknown_or_malformed_car_is_named(http: httpx.AsyncClient, text: str) -> None:
    assert set(await wrong(await ask(http, car_id=text, **around(days_ahead(10, 3))))) == {"car_id"}


async def test_a_hidden_car_is_unknown(http: httpx.AsyncClient, build: Build) -> None:
    car = await build.car(hidden=True)
    assert set(await wrong(await ask(http, car_id=car.id, **around(days_ahead(10, 3))))) == {"car_id"}


OPTIONAL = ("delivery", "collection")


@pytest.mark.parametrize("name", ["car_id", "start", "end", *OPTIONAL])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_text_in_any_field_is_named_as_that_field(http: httpx.AsyncClient, car: MadeCar, name: str, text: str) -> None:
    if name in OPTIONAL and not text.strip():
        pytest.skip("what is blank is not given")
    query = {"car_id": str(car.id), **around(days_ahead(10, 3)), name: text}
    answer = await ask(http, **query)
    fields = await wrong(answer)
    assert set(fields) == {name}
    assert "sql" not in answer.text.lower()


async def test_a_field_given_twice_and_unknown_fields_are_no_failure(http: httpx.AsyncClient, car: MadeCar) -> None:
    days = around(days_ahead(10, 3))
    answer = await http.get(f"/availability?car_id={car.id}&start={days['start']}&start=x&end={days['end']}&page=2&__proto__=1")
    assert answer.status_code in (200, 422)


async def test_a_query_that_is_not_even_text_is_no_failure(http: httpx.AsyncClient, car: MadeCar) -> None:
    for query in ("car_id=%ff%fe&start=%00&end=%e2%28%a1", "%", "&&&===", "car_id[]=1&start[a]=2", "=&=", "?" * 2000):
        assert (await http.get(f"/availability?{query}")).status_code == 422


NEAR = st.dates(day_at(clock.now(), "UTC") - timedelta(days=3), day_at(clock.now(), "UTC") + timedelta(days=400)).map(str)
TEXT = st.one_of(
    st.text(max_size=40),
    st.dates().map(str),
    NEAR,
    st.uuids().map(str),
    st.integers().map(str),
    st.sampled_from([*HOSTILE, "true", "0", ""]),
)
QUERY = st.fixed_dictionaries(
    {"car_id": st.one_of(st.none(), st.none(), TEXT), "start": st.one_of(NEAR, TEXT), "end": st.one_of(NEAR, TEXT)},
    optional={name: st.one_of(st.sampled_from(["true", "false"]), TEXT) for name in ("delivery", "collection", "x")},
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERY)
def test_whatever_is_asked_is_answered_as_described(stack: Stack, car: MadeCar, query: dict[str, str | None]) -> None:
    texts = {name: str(car.id) if text is None else text.encode("utf-8", "replace").decode() for name, text in query.items()}
    answer = httpx.get(f"{stack.url}/availability", params=texts, verify=False)
    assert answer.status_code in (200, 409, 422), (answer.status_code, answer.text)
    contract.check(answer, "get", "/availability")


async def test_the_answer_is_for_everybody_and_kept_by_nobody(http: httpx.AsyncClient, car: MadeCar) -> None:
    answer = await ask(http, car_id=car.id, **around(days_ahead(10, 3)))
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
