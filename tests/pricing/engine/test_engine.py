"""Engine versions, snapshots, and making a price again years later."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from exodrive.pricing import engine
from exodrive.pricing.model import Fee
from tests.pricing.prices import any_inputs, inputs
from tests.pricing.rental import any_price

# As bookings stored them. Whatever is changed in the program, these must read and replay to the cent: add cases, never change one.
GOLDEN = {path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "golden").glob("*.json"))}
CASES = [pytest.param(case["price"], id=f"{version}: {case['name']}") for version, cases in GOLDEN.items() for case in cases]
SOLD = GOLDEN["v1"][0]["price"]


@pytest.mark.parametrize("sold", CASES)
def test_a_price_that_was_sold_is_made_again_to_the_cent(sold):
    assert engine.replay(sold) == engine.read(sold)


def test_every_engine_has_its_golden_cases():
    assert {f"v{version}" for version in engine.VERSIONS} == set(GOLDEN)
    for version, cases in GOLDEN.items():
        assert {f"v{case['price']['inputs']['engine']}" for case in cases} == {version}


@pytest.mark.parametrize("sold", [case["price"] for case in GOLDEN[f"v{engine.CURRENT}"]])
def test_todays_snapshots_keep_their_form(sold):
    assert json.loads(msgspec.json.encode(engine.snapshot(engine.replay(sold)))) == sold


def test_the_first_engine_makes_the_price_that_it_sold():
    fees = (Fee("Cleaning", Decimal("145.00"), "rental", True), Fee("Toll pass", Decimal("12.50"), "day", False))
    asked = inputs(
        "2026-06-04..08",
        base_price=Decimal("1290.00"),
        weekend_price=Decimal("2990.00"),
        fees=fees,
        delivery_fee=Decimal("150.00"),
        tax_percent=Decimal("7.0000"),
        tax_name="Florida sales tax",
        deposit=Decimal("7500.00"),
        included_distance_per_day=120,
        price_per_extra_distance=Decimal("4.50"),
    )
    assert engine.price(asked) == engine.read(SOLD)
    assert engine.read(SOLD).total == Decimal("6338.05")


@given(any_inputs())
def test_every_price_of_the_first_engine_survives_jsonb_and_replays(asked):
    survives_jsonb(engine.price(asked))


@given(any_price())
def test_every_price_survives_jsonb_and_replays_to_the_same_price(sold):
    survives_jsonb(sold)


def survives_jsonb(sold):
    stored = msgspec.json.decode(msgspec.json.encode(engine.snapshot(sold)))
    assert engine.read(stored) == sold
    assert engine.replay(stored) == sold


@given(any_price())
def test_a_snapshot_holds_no_number_that_json_could_blur(sold):
    def floats(value):
        if isinstance(value, dict):
            return any(floats(entry) for entry in value.values())
        return any(floats(entry) for entry in value) if isinstance(value, list) else isinstance(value, float)

    assert not floats(engine.snapshot(sold))


@pytest.mark.parametrize("version", GOLDEN)
def test_replay_shows_when_somebody_changed_what_was_sold(version):
    changed = GOLDEN[version][0]["price"] | {"total": "1.00"}
    assert engine.replay(changed) != engine.read(changed)


def test_new_prices_are_made_by_the_newest_engine():
    assert engine.CURRENT == 2
    assert max(engine.VERSIONS) == 3, "which is for rentals that were extended at a price of their own"


def test_a_price_of_an_unknown_engine_is_refused():
    newer = SOLD | {"inputs": SOLD["inputs"] | {"engine": 99}}
    for make in (engine.read, engine.replay):
        with pytest.raises(engine.UnknownEngine, match="engine 99"):
            make(newer)


def test_what_no_engine_wrote_is_refused():
    for nonsense in ({}, {"inputs": {}}, {"inputs": {"engine": "x"}}, SOLD | {"total": []}):
        with pytest.raises(msgspec.ValidationError):
            engine.read(nonsense)


def test_a_price_knows_its_days():
    assert list(inputs("2026-06-01..02").days) == [date(2026, 6, 1), date(2026, 6, 2)]
