"""POST /api/bookings and the payment after it, over HTTP."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from exodrive.bookings.model import CheckoutOrder
from tests.builders import Build, Made, days_ahead, new_key
from tests.garage import MadeCar
from tests.product import Stack
from tests.web.api import contract
from tests.web.conftest import Client

PATH = "/api/bookings"
PAYMENT = "/api/bookings/{reference}/payment"


@pytest.fixture
async def car(build: Build) -> MadeCar:
    return await build.car()


@pytest.fixture
async def body(build: Build, car: MadeCar) -> dict[str, Any]:
    """A body that would be taken."""
    return plain(await build.order(car))


def plain(order: CheckoutOrder) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(order)
    for place in (body["pickup"], body["dropoff"]):
        del place["address"]
    return body


async def send(http: httpx.AsyncClient, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
    """Post a body from a network of its own."""
    sent = {"idempotency-key": key or new_key(), "x-forwarded-for": f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"} | headers
    return await http.post(PATH, json=body, headers=sent)


async def fields(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["message"] for error in contract.check(answer, "post", PATH)["errors"]}


async def bookings_of(build: Build, car: MadeCar) -> int:
    return int(await build.value("select count(*) from bookings where car_id = $1", car.id))


# --- the hold ----------------------------------------------------------------------------------------------------------


async def test_the_days_are_held_and_the_answer_has_all_that_is_needed_to_go_on(
    http: httpx.AsyncClient, build: Build, body: dict[str, Any], stack: Stack
) -> None:
    answer = await send(http, body)
    assert answer.status_code == 201, answer.text
    held = contract.check(answer, "post", PATH)
    reference = held["reference"]
    assert held["status"] == "pending"
    assert await build.value("select status from bookings where reference = $1", reference) == "pending"
    assert timedelta(minutes=19) < datetime.fromisoformat(held["hold_expires_at"]) - datetime.now(UTC) <= timedelta(minutes=20)
    assert held["link"].startswith(f"{stack.url}/booking/")
    assert held["payment"] == f"{stack.url}/api/bookings/{reference}/payment"
    assert answer.cookies[f"exodrive_b_{reference}"] == held["link"].rpartition("/")[2]
    assert len(answer.cookies["exodrive_browser"]) == 43


async def test_the_same_key_and_body_get_the_same_answer_again(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any]
) -> None:
    key = new_key()
    answers = [await send(http, body, key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.text for answer in answers}) == 1
    assert await bookings_of(build, car) == 1


async def test_the_same_request_five_times_at_once_makes_one_booking(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any]
) -> None:
    key, network = new_key(), {"x-forwarded-for": "198.51.100.17"}
    answers = await asyncio.gather(*[send(http, body, key, **network) for _ in range(5)])
    held = [answer for answer in answers if answer.status_code == 201]
    assert held
    assert len({answer.text for answer in held}) == 1
    for answer in answers:
        if answer.status_code != 201:
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/in-flight")
    assert await bookings_of(build, car) == 1


async def test_the_same_key_with_another_body_is_refused(http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any]) -> None:
    key = new_key()
    await send(http, body, key)
    answer = await send(http, body | {"first_name": "Bob"}, key)
    assert answer.status_code == 422
    contract.check(answer, "post", PATH)
    assert await bookings_of(build, car) == 1


async def test_a_taken_day_answers_409_with_the_nearest_free_ranges(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any]
) -> None:
    await build.held(car, days_ahead(10, 3))
    answer = await send(http, body)
    told = contract.check(answer, "post", PATH)
    assert (answer.status_code, told["type"]) == (409, "/problems/car-taken")
    assert told["detail"] == "Car just got booked – pick another date"
    assert 1 <= len(told["free"]) <= 3
    assert set(told["free"][0]) == {"start", "end"}


async def test_a_price_that_changed_answers_409_with_the_new_quote_and_that_one_is_taken(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any]
) -> None:
    answer = await send(http, body | {"quote": await build.quote(car.id, days_ahead(20, 2))})
    told = contract.check(answer, "post", PATH)
    assert (answer.status_code, told["type"], told["currency"]) == (409, "/problems/price-changed", "USD")
    assert (await send(http, body | {"quote": told["quote"]})).status_code == 201


async def test_too_many_holds_of_one_address_answer_429_with_the_time_to_wait(client: Client, build: Build) -> None:
    email = f"{uuid4().hex}@example.com"
    bodies = [plain(await build.order(await build.car(), email=email)) for _ in range(3)]
    answers = [await send(client(), body) for body in bodies]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    contract.check(answers[2], "post", PATH)
    assert 0 < int(answers[2].headers["retry-after"]) <= 20 * 60


# --- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "", "short", "x" * 201, "with\ttab-inside", "über-schlüssel".encode()], ids=repr)
async def test_a_missing_or_unusable_key_is_named(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any], key: Any
) -> None:
    answer = await http.post(PATH, json=body, headers={} if key is None else {"idempotency-key": key})
    assert set(await fields(answer)) == {"Idempotency-Key"}
    assert await bookings_of(build, car) == 0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{}", b'{"a": \xed\xa0\x80}', b"[" * 50_000, b"{'a': 1}", b"1e999"]
)
async def test_what_is_no_json_object_is_malformed(http: httpx.AsyncClient, content: bytes) -> None:
    answer = await http.post(PATH, content=content, headers={"idempotency-key": new_key(), "content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")
    contract.check(answer, "post", PATH)


async def test_every_wrong_field_is_named_by_its_path_at_once(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any]
) -> None:
    body |= {"car_id": "x", "start": "tomorrow", "email": 5, "colour": "red", "notes": "a\0b", "birth_date": "1985"}
    del body["last_name"], body["dropoff"]["time"]
    body["pickup"] = {"time": "25:00", "location_id": "x", "address": {"line1": ["1 Way"], "city": "Miami", "planet": "Mars"}}
    assert set(await fields(await send(http, body))) == {
        "car_id", "start", "email", "colour", "notes", "birth_date", "last_name", "dropoff.time", "pickup.time", "pickup.location_id",
        "pickup.address.line1", "pickup.address.planet", "pickup.address.country",
    }  # fmt: skip
    assert await bookings_of(build, car) == 0


async def test_an_empty_object_names_all_that_is_needed(http: httpx.AsyncClient) -> None:
    needed = {name for name, _ in contract.DOCUMENT["components"]["schemas"]["NewBooking"]["properties"].items()}
    required = set(contract.DOCUMENT["components"]["schemas"]["NewBooking"]["required"])
    assert set(await fields(await send(http, {}))) == required < needed


async def test_what_the_house_refuses_is_named_by_its_path_too(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    body |= {"email": "nobody", "first_name": " ", "phone": "0", "birth_date": "2020-01-01", "terms": ""}
    body["pickup"] |= {"time": "03:00"}
    body["dropoff"] = {"time": "10:00", "address": {"line1": "1 Way", "city": " ", "country": "Mars"}}
    wrong = await fields(await send(http, body))
    assert set(wrong) == {
        "email",
        "first_name",
        "phone",
        "birth_date",
        "terms",
        "pickup.time",
        "dropoff.address.city",
        "dropoff.address.country",
    }


@pytest.mark.parametrize("time", ["10:00:30", "10:00+02:00", "10:00Z", "10:00:00.5", "24:00", "1000", "10", 10, None, {}])
async def test_times_are_those_of_a_clock_on_the_wall(http: httpx.AsyncClient, body: dict[str, Any], time: Any) -> None:
    body["pickup"]["time"] = time
    assert set(await fields(await send(http, body))) == {"pickup.time"}


COLUMNS = [
    "id",
    "status",
    "total_price",
    "customer_id",
    "reference",
    "price_snapshot",
    "security_deposit_amount",
    "browser_hash",
    "created_at",
]


@pytest.mark.parametrize("column", COLUMNS)
async def test_nobody_writes_a_column_that_is_ours(
    http: httpx.AsyncClient, build: Build, car: MadeCar, body: dict[str, Any], column: str
) -> None:
    assert set(await fields(await send(http, body | {column: "1"}))) == {column}
    assert set(await fields(await send(http, body | {"pickup": body["pickup"] | {column: "1"}}))) == {f"pickup.{column}"}
    assert await bookings_of(build, car) == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1969-12-31"])
async def test_days_at_the_ends_of_the_calendar_are_refused_and_no_failure(http: httpx.AsyncClient, body: dict[str, Any], day: str) -> None:
    for place, time in (("pickup", "00:00"), ("dropoff", "23:59")):
        edge = body | {"start": day, "end": day, place: body[place] | {"time": time}}
        assert {"start", "end"} & set(await fields(await send(http, edge)))
    assert "birth_date" in await fields(await send(http, body | {"birth_date": "0001-01-01"}))


HOSTILE = ["' or 1=1 --", "\ud800", "\0", "x" * 5000, "=1+1", "<img src=x>", "a\r\nBcc: b@example.com", "{{7*7}}", "😀" * 50]


@pytest.mark.parametrize("name", ["email", "first_name", "phone", "quote", "terms", "locale", "car_id", "start"])
async def test_hostile_text_is_refused_or_kept_as_text(client: Client, body: dict[str, Any], name: str) -> None:
    for text in HOSTILE:
        content = msgspec.json.encode(body | {name: "@@"}).replace(b'"@@"', json.dumps(text).encode())
        headers = {"idempotency-key": new_key(), "content-type": "application/json", "x-forwarded-for": f"2001:db8:{uuid4().hex[:4]}::1"}
        answer = await client().post(PATH, content=content, headers=headers)
        assert answer.status_code in (201, 400, 409, 422), (text, answer.text)
        contract.check(answer, "post", PATH)


# --- the payment -------------------------------------------------------------------------------------------------------


async def pay(http: httpx.AsyncClient, reference: str, **headers: str) -> httpx.Response:
    return await http.post(PAYMENT.format(reference=reference), headers={"content-type": "application/json"} | headers)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_the_holder_begins_the_payment_by_cookie_or_by_bearer_and_gets_the_same_address(
    http: httpx.AsyncClient, build: Build, stack: Stack
) -> None:
    made = await build.held()
    by_bearer = await pay(http, made.reference, **bearer(made.token))
    by_cookie = await pay(http, made.reference, cookie=f"exodrive_b_{made.reference}={made.token}")
    for answer in (by_bearer, by_cookie):
        assert contract.check(answer, "post", PAYMENT)["approve_url"].startswith(stack.paypal.url)
    assert by_bearer.json() == by_cookie.json()


async def test_another_booking_a_wrong_token_and_none_get_the_same_404(http: httpx.AsyncClient, build: Build) -> None:
    mine, others = await build.held(), await build.held()
    answers = [
        await pay(http, others.reference, **bearer(mine.token)),
        await pay(http, others.reference, cookie=f"exodrive_b_{others.reference}={mine.token}"),
        await pay(http, others.reference, cookie=f"exodrive_b_{mine.reference}={mine.token}"),
        await pay(http, others.reference, **bearer("x" * 43)),
        await pay(http, others.reference, **bearer(others.token[:-1])),
        await pay(http, others.reference),
        await pay(http, "ZZZZZZZZ", **bearer(mine.token)),
        await pay(http, "no such thing", **bearer(mine.token)),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert await _orders(build, others) == 0


async def _orders(build: Build, made: Made) -> int:
    return int(await build.value("select count(*) from payment_operations where booking_id = $1", made.id))


async def test_a_revoked_link_pays_nothing(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.held()
    async with build.doors.service().scope() as db:
        await db.execute("update booking_secure_tokens set revoked_at = exodrive_private.now() where booking_id = $1", made.id)
    assert (await pay(http, made.reference, **bearer(made.token))).status_code == 404


async def test_a_hold_that_ran_out_and_a_paid_booking_are_conflicts(http: httpx.AsyncClient, build: Build) -> None:
    lapsed, paid = await build.held(), await build.paid()
    await build.lapse(lapsed)
    for made in (lapsed, paid):
        answer = await pay(http, made.reference, **bearer(made.token))
        assert answer.status_code == 409, answer.text
        contract.check(answer, "post", PAYMENT)
