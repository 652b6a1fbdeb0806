"""What each day costs, by seasons."""

from datetime import date
from decimal import Decimal

from hypothesis import given

from exodrive.kit.days import Days
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import Season
from exodrive.pricing.rules import book_of
from exodrive.pricing.seasons import rates_of
from exodrive.pricing.service import season_prices
from tests.pricing.prices import CAR
from tests.pricing.rental import any_rental, car

D = Decimal
USD = {"currency": "USD"}
SUMMER = Season(name="Summer", first=date(2026, 6, 1), last=date(2026, 8, 31), amount=D(1200), **USD)
FAIR = Season(name="Fair", first=date(2026, 7, 10), last=date(2026, 7, 12), priority=1, percent=D(150))


def runs(days, *seasons, of=None):
    rates = rates_of((of or car()).rates, Book(seasons).of(Season), Days.parse(days))
    return [(rate.name, (rate.last - rate.first).days + 1, rate.base, rate.percent) for rate in rates]


def test_without_seasons_the_cars_own_price_counts_for_all_days():
    assert runs("2026-06-01..30") == [("", 30, D(1000), None)]


def test_a_season_counts_for_its_days_only_both_ends_included():
    assert runs("2026-08-30..09-02", SUMMER) == [("Summer", 2, D(1200), None), ("", 2, D(1000), None)]
    assert runs("2026-05-31..06-01", SUMMER) == [("", 1, D(1000), None), ("Summer", 1, D(1200), None)]
    assert runs("2026-09-01..03", SUMMER) == [("", 3, D(1000), None)]


def test_a_percentage_is_taken_of_the_next_price_below_it():
    assert runs("2026-07-09..13", SUMMER, FAIR) == [
        ("Summer", 1, D(1200), None),
        ("Fair", 3, D(1200), D(150)),
        ("Summer", 1, D(1200), None),
    ]
    assert runs("2026-07-10", FAIR) == [("Fair", 1, D(1000), D(150))]


def test_percentages_are_never_taken_of_each_other():
    again = Season(name="Again", priority=2, percent=D(200))
    assert runs("2026-07-10", SUMMER, FAIR, again) == [("Again", 1, D(1200), D(200))]


def test_a_season_of_the_house_with_a_higher_priority_comes_before_the_cars_own_price():
    own = Season(name="Own", car_id=CAR, amount=D(1500), weekend=D(4000), **USD)
    assert runs("2026-06-01", SUMMER, own) == [("Own", 1, D(1500), None)]
    assert runs("2026-07-10", SUMMER, own, FAIR) == [("Fair", 1, D(1500), D(150))]


def test_a_season_that_says_only_how_long_one_rents_leaves_the_price_alone():
    short = Season(name="Short", priority=9, minimum_days=3, first=date(2026, 6, 2), last=date(2026, 6, 2))
    assert runs("2026-06-01..03", short) == [("", 3, D(1000), None)]


def test_a_season_below_another_does_not_cut_its_days():
    hidden = Season(name="Hidden", priority=-1, first=date(2026, 6, 6), last=date(2026, 6, 6), amount=D(1), **USD)
    assert runs("2026-06-05..07", SUMMER, hidden) == [("Summer", 3, D(1200), None)]


def test_single_days_are_told_with_their_season():
    prices = season_prices(car(), Book([SUMMER, FAIR]), Days.parse("2026-07-09..10"))
    assert prices == {date(2026, 7, 9): D(1200), date(2026, 7, 10): D("1800.00")}


@given(any_rental())
def test_each_day_has_the_price_it_has_by_itself(rental):
    rented, rules, days, _ = rental
    seasons = book_of(rented, Book(rules)).of(Season)
    for rate in rates_of(rented.rates, seasons, days):
        for day in Days(rate.first, rate.last):
            (alone,) = rates_of(rented.rates, seasons, Days(day, day))
            assert (alone.base, alone.weekend, alone.percent, alone.name) == (rate.base, rate.weekend, rate.percent, rate.name)
