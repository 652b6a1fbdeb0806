"""Price rules as JSON for staff."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from exodrive.staff.model import StaffRole
from tests.builders import Build, days_ahead
from tests.garage import MadeCar
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]
PATH = "/api/admin/price-rules"


@pytest.fixture
async def manager(desk: Sit) -> Desk:
    return await desk()


@pytest.fixture
async def car(build: Build) -> MadeCar:
    return await build.car()


def fee(car: MadeCar, **changes: Any) -> dict[str, Any]:
    return {"kind": "fee", "name": "Cleaning", "car_id": str(car.id), "amount": "40.00", "currency": "USD"} | changes


async def of_car(manager: Desk, car: MadeCar, path: str = PATH) -> list[dict[str, Any]]:
    answer = await manager.send("GET", path)
    assert answer.status_code == 200
    return [rule for rule in answer.json()["rules"] if rule["rule"].get("car_id") == str(car.id)]


async def test_a_rule_is_saved_replaced_and_withdrawn_and_what_was_stays_readable(manager: Desk, car: MadeCar) -> None:
    first = (await manager.send("POST", PATH, fee(car))).json()["id"]
    told = (await of_car(manager, car))[0]
    assert (told["id"], told["says"], told["made_by"]) == (first, "$40 per rental, part of every rental.", manager.person.name)
    assert told["rule"]["amount"] == "40.00"
    answer = await manager.send("POST", f"{PATH}/{first}/replacement", told["rule"] | {"amount": "50"})
    assert answer.status_code == 201
    second = answer.json()["id"]
    assert [rule["id"] for rule in await of_car(manager, car)] == [second]
    assert (await manager.send("POST", f"{PATH}/{second}/withdrawal")).status_code == 204
    assert await of_car(manager, car) == []
    past = await of_car(manager, car, f"{PATH}/history")
    assert [(rule["id"], rule["replaced_by"], rule["ended_by"]) for rule in past] == [
        (second, None, manager.person.name),
        (first, second, manager.person.name),
    ]


async def test_each_change_is_in_the_book_of_what_staff_did(manager: Desk, car: MadeCar, build: Build) -> None:
    rule_id = (await manager.send("POST", PATH, fee(car))).json()["id"]
    await manager.send("POST", f"{PATH}/{rule_id}/withdrawal")
    noted = await build.rows("select action from audit_log where subject_id = $1 order by id", rule_id)
    assert noted == [("price_rule_saved",), ("price_rule_withdrawn",)]


async def test_wrong_fields_are_named(manager: Desk, car: MadeCar) -> None:
    answer = await manager.send("POST", PATH, fee(car, amount="-1", currency="usd", colour="red"))
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"colour"}
    answer = await manager.send("POST", PATH, fee(car, amount="-1", currency="usd"))
    assert {error["field"] for error in answer.json()["errors"]} == {"amount", "currency"}
    assert (await manager.send("POST", PATH, fee(car, kind="gift"))).json()["errors"][0]["field"] == "kind"


async def test_overlapping_rules_are_refused_with_an_explanation(manager: Desk, car: MadeCar) -> None:
    await manager.send("POST", PATH, fee(car))
    answer = await manager.send("POST", PATH, fee(car, name="Washing"))
    assert (answer.status_code, answer.json()["type"], answer.json()["other"]) == (409, "/problems/rules-overlap", "Cleaning")
    assert "nothing says which comes first" in answer.json()["detail"]


async def test_a_preview_tells_both_prices(manager: Desk, car: MadeCar) -> None:
    days = days_ahead(30, 2)
    body = {"car": car.slug, "start": str(days.start), "end": str(days.end), "rule": fee(car)}
    told = (await manager.send("POST", f"{PATH}/preview", body)).json()
    assert float(told["after"]["price"]["subtotal"]) - float(told["before"]["price"]["subtotal"]) == 40
    assert ["Cleaning", "$40.00"] in told["after"]["lines"]
    assert await of_car(manager, car) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"rule": 3}, "rule"), ({"car": "no-such-car"}, "car"), ({"start": "soon"}, "start"), ({"replaces": "x"}, "replaces")],
)
async def test_a_preview_of_what_cannot_be_names_the_field(manager: Desk, car: MadeCar, change: dict[str, Any], field: str) -> None:
    days = days_ahead(30, 2)
    body = {"car": car.slug, "start": str(days.start), "end": str(days.end), "rule": fee(car)} | change
    answer = await manager.send("POST", f"{PATH}/preview", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_rule_that_is_gone_conflicts(manager: Desk, car: MadeCar) -> None:
    rule_id = (await manager.send("POST", PATH, fee(car))).json()["id"]
    await manager.send("POST", f"{PATH}/{rule_id}/withdrawal")
    for path in (f"{PATH}/{rule_id}/withdrawal", f"{PATH}/{rule_id}/replacement"):
        assert (await manager.send("POST", path, fee(car))).json()["type"] == "/problems/rule-gone"
    unknown = UUID(int=7)
    assert (await manager.send("POST", f"{PATH}/{unknown}/withdrawal")).status_code == 409


async def test_only_managers_with_their_own_token_change_prices(desk: Sit, http: httpx.AsyncClient, car: MadeCar, build: Build) -> None:
    agent, manager = await desk(StaffRole.AGENT), await desk()
    assert (await agent.send("GET", PATH)).status_code == 403
    assert (await agent.send("POST", PATH, fee(car))).status_code == 403
    assert (await http.get(PATH)).status_code == 401
    assert (await manager.http.post(PATH, json=fee(car))).status_code == 403
    assert (await manager.http.post(PATH, json=fee(car), headers={"x-csrf-token": "x"})).status_code == 403
    assert await build.value("select count(*) from price_rules where car_id = $1", car.id) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b'{"kind": {}}', b'{"kind": "fee", "name": {"a": 1}}'])
async def test_a_strange_body_is_refused_with_a_sentence(manager: Desk, body: bytes) -> None:
    headers = {"x-csrf-token": manager.csrf, "content-type": "application/json"}
    answer = await manager.http.post(PATH, content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]
