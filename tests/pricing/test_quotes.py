"""Quotes: promised for some minutes, carried by the form, and only ours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given

from exodrive.kit.days import Days
from exodrive.kit.signing import Signer
from exodrive.operate.seed.rules import RULES
from exodrive.pricing import engine
from exodrive.pricing.book import Book
from exodrive.pricing.choices import Choices
from exodrive.pricing.quotes import PURPOSE, QuoteExpired, QuoteForged, Quotes
from exodrive.pricing.rules import inputs_of
from tests.pricing.prices import any_inputs, inputs
from tests.pricing.rental import any_price, car

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = "q" * 32


def quotes(key: str = KEY, minutes: int = 30) -> Quotes:
    return Quotes(Signer(key, PURPOSE), minutes)


@given(any_price() | any_inputs().map(engine.price))
def test_an_opened_quote_gives_the_price_that_was_promised(promised):
    assert quotes().open(quotes().sign(promised, NOW), NOW) == promised


def test_it_holds_until_its_minutes_are_over():
    text = quotes(minutes=30).sign(engine.price(inputs("2026-06-05")), NOW)
    assert quotes().open(text, NOW + timedelta(minutes=29, seconds=59))
    with pytest.raises(QuoteExpired) as refused:
        quotes().open(text, NOW + timedelta(minutes=30))
    assert refused.value.status == 409


@pytest.mark.parametrize("text", ["", "nonsense", "a.b", "e30.e30"])
def test_nonsense_is_refused_by_field(text):
    with pytest.raises(QuoteForged) as refused:
        quotes().open(text, NOW)
    assert refused.value.status == 422
    assert "quote" in refused.value.fields


def test_a_quote_of_another_key_or_purpose_is_refused():
    promised = engine.price(inputs("2026-06-05"))
    with pytest.raises(QuoteForged):
        quotes("x" * 32).open(quotes().sign(promised, NOW), NOW)
    other = Quotes(Signer(KEY, "something else"))
    with pytest.raises(QuoteForged):
        quotes().open(other.sign(promised, NOW), NOW)


def test_something_else_that_we_signed_is_no_quote():
    with pytest.raises(QuoteForged):
        quotes().open(Signer(KEY, PURPOSE).sign(b'{"total": "1"}'), NOW)


def test_a_promise_this_program_cannot_keep_to_the_cent_has_run_out():
    promised = engine.price(inputs("2026-06-05"))
    cheaper = msgspec.structs.replace(promised, total=Decimal(1))
    with pytest.raises(QuoteExpired):
        quotes().open(quotes().sign(cheaper, NOW), NOW)


def test_a_promise_of_a_newer_release_has_run_out():
    quote = {"inputs": {"engine": 99, "what": "ever"}, "total": "1", "expires": NOW + timedelta(minutes=5)}
    with pytest.raises(QuoteExpired):
        quotes().open(Signer(KEY, PURPOSE).sign(msgspec.json.encode(quote)), NOW)


def test_it_is_short_enough_for_a_form_and_safe_in_an_address():
    house = Book(RULES.values())
    chosen = Choices(delivery=True, additional_drivers=2, age=26, extras={"child-seat": 2, "action-camera": 1}, waiver="damage-waiver")
    text = quotes().sign(engine.price(inputs_of(car(), house, Days.parse("2026-06-05..08-01"), choices=chosen)), NOW)
    assert len(text) < 2000
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
