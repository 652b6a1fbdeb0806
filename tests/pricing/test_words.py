"""Prices and days in words."""

from datetime import date
from decimal import Decimal

import pytest

from exodrive.kit import words as language
from exodrive.kit.days import Days
from exodrive.pricing import engine, words
from exodrive.pricing.model import Fee
from tests.pricing.prices import inputs

D = Decimal


@pytest.fixture
def german():
    language.use("de_DE")
    yield
    language.use(language.DEFAULT)


def test_money_is_exact_or_short():
    assert words.money(D("1290.00"), "USD") == "$1,290.00"
    assert words.short_money(D("1290.00"), "USD") == "$1,290"
    assert words.short_money(D("12.50"), "USD") == "$12.50"
    assert words.money(D(1290), "JPY") == words.short_money(D(1290), "JPY") == "¥1,290"


def test_money_and_days_follow_the_language(german):
    assert words.money(D("1290.00"), "EUR") == "1.290,00\xa0€"
    assert words.short_money(D("1290.00"), "EUR") == "1.290\xa0€"
    assert words.day(date(2026, 6, 5)) == "Freitag, 5. Juni 2026"


def test_days_name_the_year_only_where_it_changes():
    assert words.days_range(Days.parse("2026-06-05..07")) == "Fri, Jun 5\u2009–\u2009Sun, Jun 7"
    assert words.days_range(Days.parse("2026-06-05")) == "Fri, Jun 5"
    assert words.days_range(Days(date(2026, 12, 31), date(2027, 1, 2))) == "Thu, Dec 31, 2026\u2009–\u2009Sat, Jan 2, 2027"


def test_each_line_is_a_sentence_with_a_reason():
    fees = (Fee("Cleaning", D(145), "rental", True), Fee("Toll pass", D("12.50"), "day", False))
    asked = inputs("2026-06-04..08", weekend_price=D(2400), fees=fees, delivery_fee=D(150), collection_fee=D(120))
    lines = engine.price(asked).lines
    assert [words.line_words(line, "USD") for line in lines] == [
        "2 days × $1,000",
        "Weekend package, Fri, Jun 5\u2009–\u2009Sun, Jun 7",
        "Cleaning",
        "Toll pass, 5 days × $12.50",
        "Delivery to your address",
        "Collection from your address",
    ]
    assert all(words.why(line).endswith(".") for line in lines)


def test_one_day_is_not_days():
    (line,) = engine.price(inputs("2026-06-01")).lines
    assert words.line_words(line, "USD") == "1 day × $1,000"
    assert words.day_count(1) == "1 day"
    assert words.day_count(4) == "4 days"


def test_a_price_table_has_every_line_and_the_tax():
    sold = engine.price(inputs("2026-06-01..03", tax_percent=D("7.0000"), tax_name="Florida sales tax"))
    assert words.price_rows(sold) == [("3 days × $1,000", "$3,000.00"), ("Florida sales tax, 7%", "$210.00")]
    assert words.price_rows(engine.price(inputs("2026-06-01"))) == [("1 day × $1,000", "$1,000.00")]


def test_tax_tells_its_decimals_only_when_it_has_them():
    assert words.tax_words(inputs("2026-06-01", tax_percent=D("7.2500"))) == "Tax, 7.25%"
    assert words.tax_words(inputs("2026-06-01", tax_percent=D("20.0000"))) == "Tax, 20%"
    assert words.tax_words(inputs("2026-06-01", tax_percent=D("0.1250"))) == "Tax, 0.125%"


def test_a_percentage_is_written_as_the_language_has_it(german):
    assert words.tax_words(inputs("2026-06-01", tax_percent=D("7.2500"), tax_name="Steuer")) == "Steuer, 7,25\xa0%"


def test_included_distance_is_told_for_the_whole_rental():
    asked = inputs("2026-06-01..10", included_distance_per_day=120, price_per_extra_distance=D("4.50"))
    assert words.distance_words(asked) == "1,200 mi included, then $4.50 per mi"
    assert words.distance_words(inputs("2026-06-01", included_distance_per_day=120)) == "120 mi included"
    assert words.distance_words(inputs("2026-06-01")) == ""
