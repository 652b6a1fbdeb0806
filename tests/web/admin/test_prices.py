"""Price rules in the back office over HTTP: read, saved, replaced, withdrawn, tried, and noted."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from exodrive.pricing.kinds import RuleKind
from exodrive.staff.model import StaffRole
from tests.builders import Build, days_ahead
from tests.garage import MadeCar
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]
MONEY: dict[str, Any] = {"amount": "40", "currency": "USD"}


@pytest.fixture
async def manager(desk: Sit) -> Desk:
    return await desk()


@pytest.fixture
async def car(build: Build) -> MadeCar:
    """A car that rules of a test are for, so that they meet no other's."""
    return await build.car()


def scope(car: MadeCar) -> str:
    return f"car:{car.id}"


async def saved(desk: Desk, kind: RuleKind, car: MadeCar, **fields: Any) -> UUID:
    """Save a rule and return its id, told by the page that follows."""
    answer = await desk.post(f"/admin/prices?kind={kind}", scope=scope(car), **fields)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("r-")[2])


FORMS: dict[RuleKind, tuple[dict[str, Any], str]] = {
    RuleKind.SEASON: (
        {"name": "Winter", "amount": "1200", "weekend": "3000", "currency": "usd", "minimum_days": "2", "first": "2030-12-01"},
        "A day costs $1,200. A full Friday to Sunday costs $3,000 together. Rented for at least 2 days.",
    ),
    RuleKind.LENGTH: ({"name": "A week", "days": "7", "percent": "10"}, "10% less from 7 days on."),
    RuleKind.NOTICE: ({"name": "A day before", "hours": "24", "cutoff": "16:00"}, "Booked at least 24 hours before the pick-up."),
    RuleKind.DELIVERY: ({"name": "Beach", "code": "beach", "areas": "US 3314\nAE Dubai", **MONEY}, "$40: US 3314…, AE Dubai."),
    RuleKind.COLLECTION: ({"name": "Elsewhere", **MONEY}, "$40: everywhere else."),
    RuleKind.AFTER_HOURS: ({"name": "Late", "side": "pickup", "since": "20:00", "until": "07:00", **MONEY}, "$40 for a pick-up from"),
    RuleKind.ONE_WAY: ({"name": "One way", **MONEY}, "$40 from any place to any other place."),
    RuleKind.ADDITIONAL_DRIVER: (
        {"name": "Second driver", "per": "day", "capped_days": "5", "most": "2", **MONEY},
        "$40 a day, 5 days at most are charged, 2 further drivers at most.",
    ),
    RuleKind.YOUNG_DRIVER: (
        {"name": "Young", "from_age": "21", "below_age": "25", **MONEY},
        "$40 per rental for drivers from 21 and younger than 25.",
    ),
    RuleKind.EXTRA: ({"name": "Seat", "code": "seat", "most": "2", "stock": "3", **MONEY}, "$40 per rental, 2 at most, 3 in stock."),
    RuleKind.FEE: ({"name": "Cleaning", **MONEY}, "$40 per rental, part of every rental."),
    RuleKind.WAIVER: (
        {"name": "Cover", "code": "cover", "excess": "1500", "per": "day", **MONEY},
        "$40 a day; the renter bears $1,500 of a damage.",
    ),
    RuleKind.TAX: ({"name": "Sales tax", "code": "county", "percent": "1.5", "on": ["days", "extra"]}, "1.5% of days, extras."),
    RuleKind.PART_PAYMENT: (
        {"name": "In two parts", "percent": "30", "days_before": "14"},
        "30% with the booking, the rest 14 days before the pick-up.",
    ),
    RuleKind.DISTANCE: (
        {"name": "Miles", "per_day": "100", "amount": "2", "currency": "USD"},
        "100 included a day. Each further one costs $2.",
    ),
}


async def test_every_kind_of_rule_has_a_form_here() -> None:
    assert set(FORMS) == set(RuleKind)


@pytest.mark.parametrize("kind", RuleKind)
async def test_a_rule_of_every_kind_is_saved_shown_in_a_sentence_and_found_again_in_its_form(
    kind: RuleKind, manager: Desk, car: MadeCar, build: Build
) -> None:
    fields, sentence = FORMS[kind]
    assert (await manager.get(f"/admin/prices/new?kind={kind}")).status_code == 200
    rule_id = await saved(manager, kind, car, taxable="yes", **fields)
    page = (await manager.get("/admin/prices")).text
    entry = page[page.index(f'id="r-{rule_id}"') :].partition("</li>")[0]
    assert fields["name"] in entry
    assert sentence in entry.replace("\xa0", " ")
    form = (await manager.get(f"/admin/prices/{rule_id}")).text
    for name, value in fields.items():
        if isinstance(value, str) and name not in ("currency", "areas", "side", "per"):
            assert re.search(rf'name="{name}"[^>]*value="{value}(\.0+)?"', form), name
    again = await manager.post(f"/admin/prices/{rule_id}?kind={kind}", scope=scope(car), taxable="yes", **fields)
    assert again.status_code == 303, "what a form shows can be sent as it is"
    assert await build.value("select superseded_at from price_rules where id = $1", rule_id)


async def test_a_change_is_noted_with_who_and_what(manager: Desk, car: MadeCar, build: Build) -> None:
    first = await saved(manager, RuleKind.FEE, car, name="Cleaning", **MONEY)
    answer = await manager.post(f"/admin/prices/{first}?kind=fee", scope=scope(car), name="Cleaning", amount="50", currency="USD")
    second = UUID(answer.headers["location"].rpartition("r-")[2])
    await manager.post(f"/admin/prices/{second}/withdrawal")
    notes = await build.rows(
        "select action, subject_id, details from audit_log where staff_id = $1 and subject_type = 'price_rule' order by id",
        manager.person.id,
    )
    assert [note[:2] for note in notes] == [
        ("price_rule_saved", str(first)),
        ("price_rule_saved", str(second)),
        ("price_rule_withdrawn", str(second)),
    ]
    assert notes[1][2]["replaces"] == str(first)
    assert notes[1][2]["rule"]["amount"] == "50"


async def test_what_was_in_force_stays_readable_with_who_ended_it(manager: Desk, car: MadeCar) -> None:
    first = await saved(manager, RuleKind.FEE, car, name="Old fee", **MONEY)
    await manager.post(f"/admin/prices/{first}?kind=fee", scope=scope(car), name="New fee", amount="50", currency="USD")
    page = (await manager.get("/admin/prices/history")).text
    entry = page[page.index(f'id="r-{first}"') :].partition("</li>")[0]
    assert "Old fee" in entry
    assert "Replaced by another" in entry
    assert manager.person.name in entry
    assert str(first) not in (await manager.get("/admin/prices")).text
    assert "no longer in force" in (await manager.get(f"/admin/prices/{first}")).text


async def test_a_rule_that_competes_is_refused_with_an_explanation_and_the_way_to_the_other(
    manager: Desk, car: MadeCar, build: Build
) -> None:
    dates = {"first": "2031-06-01", "last": "2031-08-31"}
    first = await saved(manager, RuleKind.SEASON, car, name="Summer", percent="120", **dates)
    answer = await manager.post(
        "/admin/prices?kind=season", scope=scope(car), name="July", percent="130", first="2031-07-01", last="2031-07-31"
    )
    assert answer.status_code == 409
    assert "“July” and “Summer” would both count" in answer.text
    assert f"/admin/prices/{first}" in answer.text
    assert 'value="July"' in answer.text, "what was typed stays"
    assert await build.value("select count(*) from price_rules where car_id = $1", car.id) == 1
    higher = await manager.post("/admin/prices?kind=season", scope=scope(car), name="July", percent="130", priority="1", first="2031-07-01")
    assert higher.status_code == 303


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("season", {"name": "x"}, "amount"),
        ("season", {"name": "x", "percent": "NaN"}, "percent"),
        ("season", {"name": "x", "percent": "Infinity"}, "percent"),
        ("season", {"name": "x", "amount": "ten", "currency": "USD"}, "amount"),
        ("season", {"name": "x", "percent": "120", "first": "2031-02-30"}, "first"),
        ("season", {"name": "x", "percent": "120", "first": "2031-02-02", "last": "2031-02-01"}, "last"),
        ("season", {"percent": "120"}, "name"),
        ("fee", {"name": "x", "amount": "5", "currency": "dollars"}, "currency"),
        ("extra", {"name": "x", "amount": "5", "currency": "USD"}, "code"),
        ("extra", {"name": "x", "code": "A seat", "amount": "5", "currency": "USD"}, "code"),
        ("after_hours", {"name": "x", "since": "20:00", "until": "20:00", "amount": "5", "currency": "USD"}, "until"),
        ("after_hours", {"name": "x", "since": "8pm", "until": "20:00", "amount": "5", "currency": "USD"}, "since"),
        ("delivery", {"name": "x", "code": "zone", "amount": "5", "currency": "USD"}, "areas"),
        ("length", {"name": "x", "days": "7", "percent": "101"}, "percent"),
        ("part_payment", {"name": "x", "percent": "30"}, "days_before"),
        ("fee", {"name": "x", "scope": "car:not-an-id", "amount": "5", "currency": "USD"}, "scope"),
        ("tax", {"name": "x", "percent": "5", "on": "moonlight"}, "on"),
    ],
)
async def test_a_wrong_field_is_named_at_the_field(manager: Desk, car: MadeCar, kind: str, fields: dict[str, Any], wrong: str) -> None:
    answer = await manager.post(f"/admin/prices?kind={kind}", **({"scope": scope(car)} | fields))
    assert answer.status_code == 422
    error = re.search(rf'id="{wrong}-error">([^<]+)<', answer.text)
    assert error, f"no sentence at {wrong}"
    assert f'href="#{wrong}"' in answer.text


async def test_a_preview_shows_the_same_lines_before_and_after_and_saves_nothing(manager: Desk, car: MadeCar, build: Build) -> None:
    days = days_ahead(30, 2)
    tried = {"try_car": car.slug, "try_start": str(days.start), "try_end": str(days.end)}
    answer = await manager.post("/admin/prices/preview?kind=fee", scope=scope(car), name="Cleaning", amount="25", currency="USD", **tried)
    assert answer.status_code == 200
    compared = answer.text.partition('id="compared"')[2].partition("</form>")[0]
    before, _sep, after = compared.partition("With this rule")
    assert "Cleaning" not in before
    assert "2 days × $1,000" in before
    assert "2 days × $1,000" in after
    assert "Cleaning" in after
    assert "$25.00" in after
    assert await build.value("select count(*) from price_rules where car_id = $1", car.id) == 0


async def test_a_preview_of_a_replacement_leaves_the_rule_out_that_it_replaces(manager: Desk, car: MadeCar) -> None:
    rule_id = await saved(manager, RuleKind.FEE, car, name="Cleaning", amount="25", currency="USD")
    days = days_ahead(30, 1)
    tried = {"try_car": car.slug, "try_start": str(days.start), "try_end": str(days.end)}
    path = f"/admin/prices/{rule_id}/preview?kind=fee"
    answer = await manager.post(path, scope=scope(car), name="Cleaning", amount="75", currency="USD", **tried)
    before, _sep, after = answer.text.partition('id="compared"')[2].partition("With this rule")
    assert "$25.00" in before
    assert "$75.00" in after
    assert "$25.00" not in after


async def test_a_preview_says_what_the_rules_have_against_the_days(manager: Desk, car: MadeCar) -> None:
    days = days_ahead(30, 1)
    tried = {"try_car": car.slug, "try_start": str(days.start), "try_end": str(days.end)}
    answer = await manager.post("/admin/prices/preview?kind=season", scope=scope(car), name="Long", minimum_days="3", **tried)
    assert "These days are rented for 3 days at least." in answer.text


@pytest.mark.parametrize(("start", "end"), [("", ""), ("2031-02-02", "2031-02-01"), ("x", "y"), ("2031-01-01", "2035-01-01")])
async def test_a_preview_of_days_that_cannot_be_is_a_sentence(manager: Desk, car: MadeCar, start: str, end: str) -> None:
    tried = {"try_car": car.slug, "try_start": start, "try_end": end}
    answer = await manager.post("/admin/prices/preview?kind=fee", scope=scope(car), name="Cleaning", **MONEY, **tried)
    assert answer.status_code == 200
    assert 'class="error" role="alert"' in answer.text


async def test_two_who_replace_the_same_rule_do_not_both_succeed(manager: Desk, car: MadeCar) -> None:
    rule_id = await saved(manager, RuleKind.FEE, car, name="Cleaning", **MONEY)
    for status in (303, 409):
        answer = await manager.post(f"/admin/prices/{rule_id}?kind=fee", scope=scope(car), name="Cleaning", amount="50", currency="USD")
        assert answer.status_code == status
    assert (await manager.post(f"/admin/prices/{rule_id}/withdrawal")).status_code == 409


async def test_agents_and_strangers_see_and_change_no_prices(desk: Sit, http: httpx.AsyncClient, car: MadeCar, build: Build) -> None:
    agent = await desk(StaffRole.AGENT)
    assert (await agent.get("/admin/prices")).status_code == 403
    assert (await agent.post("/admin/prices?kind=fee", scope=scope(car), name="x", **MONEY)).status_code == 403
    assert (await http.get("/admin/prices")).headers["location"] == "/admin/sign-in"
    assert "/admin/prices" not in (await agent.get("/admin/bookings")).text
    assert await build.value("select count(*) from price_rules where car_id = $1", car.id) == 0


async def test_a_rule_needs_the_sessions_own_form(manager: Desk, car: MadeCar) -> None:
    answer = await manager.http.post("/admin/prices?kind=fee", data={"csrf": "x", "scope": scope(car), "name": "x", **MONEY})
    assert answer.status_code == 403


async def test_a_rule_counts_for_renters_at_once(manager: Desk, car: MadeCar, http: httpx.AsyncClient) -> None:
    days = days_ahead(30, 2)
    address = f"/api/availability?car_id={car.id}&start={days.start}&end={days.end}"
    before = (await http.get(address)).json()
    await saved(manager, RuleKind.FEE, car, name="Cleaning", amount="25", currency="USD")
    again = f"/api/availability?car_id={car.id}&start={days.start}&end={days.end + timedelta(0)}&x=1"
    after = (await http.get(again)).json()
    assert str(before) != str(after)
