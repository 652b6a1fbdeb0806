"""Prices and days in words."""

from datetime import date, time
from decimal import Decimal

import pytest

from exodrive.kit import words as language
from exodrive.kit.days import Days
from exodrive.pricing import engine, words
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Delivery,
    Extra,
    LengthDiscount,
    OneWay,
    PartPayment,
    Season,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import Fee, LineKind
from tests.pricing.prices import inputs
from tests.pricing.rental import HERE, THERE, asked, car, priced

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
    told = inputs("2026-06-04..08", weekend_price=D(2400), fees=fees, delivery_fee=D(150), collection_fee=D(120))
    lines = engine.price(told).lines
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


USD = {"currency": "USD"}
EVERYTHING = [
    Season(name="Summer", first=date(2026, 6, 3), last=date(2026, 6, 7), percent=D(120)),
    LengthDiscount(name="Week price", days=7, percent=D(10)),
    Delivery(name="Delivery", amount=D(150), **USD),
    AfterHours(name="Hand-over at night", since=time(20), until=time(7), amount=D(75), **USD),
    OneWay(name="Return at another place", amount=D(95), **USD),
    AdditionalDriver(name="Additional driver", per="day", most=2, amount=D(25), **USD),
    YoungDriver(name="Driver under 28", from_age=25, below_age=28, per="day", capped_days=5, amount=D(45), **USD),
    Extra(name="Child seat", code="seat", most=2, amount=D("18.50"), **USD),
    Waiver(name="Damage waiver", code="waiver", per="day", amount=D(89), excess=D(1500), **USD),
    Tax(name="Surcharge", code="surcharge", amount=D(2), capped_days=5, **USD),
    Tax(name="Sales tax", percent=D(7)),
]
CHOSEN = {
    "delivery": True, "pickup_time": time(22), "pickup_place": HERE, "return_place": THERE, "additional_drivers": 2, "age": 26,
    "extras": {"seat": 2}, "waiver": "waiver",
}  # fmt: skip


def test_whatever_was_chosen_is_told_with_its_reason():
    price = priced("2026-06-01..07", *EVERYTHING, of=car(weekend_price=D(2400)), **CHOSEN)
    assert words.explained(price) == [
        (
            "2 days × $900",
            "$1,800.00",
            "The car's price for each day that is not part of a weekend package. From 7 days on, 10% less: Week price.",
        ),
        ("Summer, 2 days × $1,080", "$2,160.00", "The price of these days: Summer. From 7 days on, 10% less: Week price."),
        (
            "Summer, weekend package, Fri, Jun 5\u2009–\u2009Sun, Jun 7",
            "$2,592.00",
            "The price of these days: Summer. A full Friday, Saturday and Sunday cost less together than three single days. "
            "From 7 days on, 10% less: Week price.",
        ),
        ("Delivery to your address", "$150.00", "You asked us to bring the car to you."),
        ("Hand-over at night, at the pick-up", "$75.00", "The hour you chose lies outside our usual hours."),
        ("Return at another place", "$95.00", "You bring the car back to another of our places."),
        ("Additional driver, 2 × 7 days × $25", "$350.00", "You asked for somebody else to drive as well."),
        ("Driver under 28, 5 days × $45", "$225.00", "Counts for drivers of this age on the day of the pick-up."),
        ("Child seat, 2 × $18.50", "$37.00", "You asked for it."),
        ("Damage waiver, 7 days × $89", "$623.00", "You chose this cover."),
        ("Surcharge, 5 days × $2", "$10.00", "We pass this on to the authorities."),
        ("Sales tax, 7%", "$568.19", "We pass this on to the authorities."),
    ]
    assert words.price_rows(price) == [row[:2] for row in words.explained(price)]


def test_every_kind_of_line_has_a_reason():
    assert set(words._WHY) == set(LineKind)


def test_several_taxes_have_one_name_where_there_is_room_for_one():
    assert words.tax_words(asked("2026-06-01", *EVERYTHING)) == "Taxes"
    assert words.tax_words(asked("2026-06-01", Tax(name="Sales tax", percent=D(7)))) == "Sales tax, 7%"
    assert words.tax_words(asked("2026-06-01", Tax(name="Surcharge", amount=D(2), **USD))) == "Taxes"


def test_a_tax_that_comes_to_nothing_is_not_told():
    assert words.tax_rows(priced("2026-06-01", Tax(name="Sales tax", percent=D(0)))) == []
    assert words.tax_rows(engine.price(inputs("2026-06-01"))) == []


def test_what_is_paid_now_and_later_is_told():
    rule = PartPayment(name="Part", percent=D(30), days_before=14)
    part = priced("2026-06-20..22", rule, part_payment=True, today=date(2026, 6, 1))
    assert words.due_rows(part) == [("To be paid now", "$900.00"), ("To be paid by June 6, 2026", "$2,100.00")]
    assert words.due_rows(priced("2026-06-20..22", rule)) == []
