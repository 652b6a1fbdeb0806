"""Engine versions, snapshots, and making a price again years later."""

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given

from exodrive.pricing import engine
from exodrive.pricing.model import Fee
from tests.pricing.prices import any_inputs, inputs

# As a booking stored it. Whatever is changed in the program, this must read and replay to the cent.
SOLD = json.loads("""
{"inputs": {"engine": 1, "car_id": "018f0000-0000-7000-8000-000000000001", "start": "2026-06-04", "end": "2026-06-08", "currency": "USD",
            "base_price": "1290.00", "weekend_price": "2990.00",
            "fees": [{"name": "Cleaning", "amount": "145.00", "per": "rental", "taxable": true},
                     {"name": "Toll pass", "amount": "12.50", "per": "day", "taxable": false}],
            "delivery_fee": "150.00", "delivery_taxable": true, "collection_fee": null, "collection_taxable": true,
            "tax_percent": "7.0000", "tax_name": "Florida sales tax", "deposit": "7500.00",
            "included_distance_per_day": 120, "price_per_extra_distance": "4.50", "distance_unit": "mi"},
 "lines": [
  {"kind": "days", "reason": "base_price", "quantity": 2, "unit": "1290.00", "amount": "2580.00", "taxable": true, "text": "",
   "first": null, "last": null},
  {"kind": "weekend", "reason": "weekend_package", "quantity": 1, "unit": "2990.00", "amount": "2990.00", "taxable": true, "text": "",
   "first": "2026-06-05", "last": "2026-06-07"},
  {"kind": "fee", "reason": "mandatory_fee", "quantity": 1, "unit": "145.00", "amount": "145.00", "taxable": true, "text": "Cleaning",
   "first": null, "last": null},
  {"kind": "fee", "reason": "mandatory_fee", "quantity": 5, "unit": "12.50", "amount": "62.50", "taxable": false, "text": "Toll pass",
   "first": null, "last": null},
  {"kind": "delivery", "reason": "asked_for", "quantity": 1, "unit": "150.00", "amount": "150.00", "taxable": true, "text": "",
   "first": null, "last": null}],
 "subtotal": "5927.50", "tax": "410.55", "total": "6338.05", "deposit": "7500.00"}
""")


def test_a_price_that_was_sold_is_made_again_to_the_cent():
    assert engine.replay(SOLD) == engine.read(SOLD)
    assert engine.replay(SOLD).total == Decimal("6338.05")


def test_a_snapshot_keeps_its_form():
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
    assert json.loads(msgspec.json.encode(engine.snapshot(engine.price(asked)))) == SOLD


@given(any_inputs())
def test_every_price_survives_jsonb_and_replays_to_the_same_price(asked):
    sold = engine.price(asked)
    stored = msgspec.json.decode(msgspec.json.encode(engine.snapshot(sold)))
    assert engine.read(stored) == sold
    assert engine.replay(stored) == sold


@given(any_inputs())
def test_a_snapshot_holds_no_number_that_json_could_blur(asked):
    def floats(value):
        if isinstance(value, dict):
            return any(floats(entry) for entry in value.values())
        return any(floats(entry) for entry in value) if isinstance(value, list) else isinstance(value, float)

    assert not floats(engine.snapshot(engine.price(asked)))


def test_replay_shows_when_somebody_changed_what_was_sold():
    changed = SOLD | {"total": "1.00"}
    assert engine.replay(changed) != engine.read(changed)


def test_new_prices_are_made_by_the_newest_engine():
    assert max(engine.VERSIONS) == engine.CURRENT


def test_a_price_of_an_unknown_engine_is_refused():
    with pytest.raises(engine.UnknownEngine, match="engine 99"):
        engine.price(inputs("2026-06-01", engine=99))


def test_a_price_knows_its_days():
    assert list(inputs("2026-06-01..02").days) == [date(2026, 6, 1), date(2026, 6, 2)]
