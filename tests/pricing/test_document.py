"""docs/prices.md says what the engine does: every example is worked out, and every kind of rule has one."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from exodrive.kit.days import Days
from exodrive.pricing import engine
from exodrive.pricing.book import EMPTY
from exodrive.pricing.checks import check
from exodrive.pricing.kinds import RuleKind
from exodrive.pricing.preview import Rental, preview
from exodrive.pricing.terms_words import distance_words
from exodrive.pricing.words import money
from exodrive.web.admin.prices.texts import rule_of
from tests.pricing.rental import car

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "prices.md").read_text()
EXAMPLE = re.compile(r"```json\n(\{.*?\})\n```\n\n`([\d.-]+)`: (\$[\d,.]+\d) → (\$[\d,.]+\d)(.*)")
EXAMPLES = EXAMPLE.findall(PAGE)
CAR = car(weekend_price=Decimal(2400), included_distance_per_day=None, price_per_extra_distance=None)


def example(text: str, days: str):
    """What a rental costs before and with a rule in its JSON."""
    body = msgspec.json.decode(text)
    rule = check(rule_of(RuleKind(body["kind"]), body))
    now = datetime(2026, 5, 1, tzinfo=UTC)
    rental = Rental(car=CAR, house=EMPTY, category="Coupe", days=Days.parse(days), zone="UTC", now=now, today=date(2026, 5, 1))
    return [look.price for look in preview(rental, rule)]


@pytest.mark.parametrize(("text", "days", "before", "after", "more"), EXAMPLES, ids=[example[0][9:30] for example in EXAMPLES])
def test_an_example_costs_what_is_written(text, days, before, after, more):
    old, new = example(text, days)
    assert (money(old.total, "USD"), money(new.total, "USD")) == (before, after)
    if "part_payment" in text:
        assert more == f", of which {money(new.due_now, 'USD')} is due now"
    elif "distance" in text:
        assert more == f", with {distance_words(new.inputs)}"
    else:
        assert more == ""
    assert engine.replay(engine.snapshot(new)) == new


def test_every_kind_of_rule_has_an_example_and_every_example_is_read():
    assert {msgspec.json.decode(text)["kind"] for text, *_rest in EXAMPLES} == {kind.value for kind in RuleKind}
    assert len(EXAMPLES) == PAGE.count("```json") == PAGE.count("→")


def test_operators_and_readers_are_led_there():
    assert "(docs/prices.md)" in (ROOT / "README.md").read_text()
    assert "(prices.md)" in (ROOT / "docs" / "operations.md").read_text()
