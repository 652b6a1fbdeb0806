"""Which driving is included when, and that it is what the price says."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.days import Days
from exodrive.pricing.allowances import Run, runs_of
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import Allowance, Distance
from exodrive.pricing.rules import inputs_of
from exodrive.pricing.terms_words import allowances_words
from tests.pricing.rental import car

D = Decimal
TODAY = date(2026, 6, 1)
AHEAD = Days(TODAY, TODAY + timedelta(days=60))
OWN = Allowance(120, None, D("4.50"))
JULY = Distance(name="July", per_day=60, amount=D(5), currency="USD", first=date(2026, 7, 1), last=date(2026, 7, 10))


def told(*house, **of):
    return allowances_words(runs_of(car(**of), Book(house), AHEAD), "USD", "mi")


def test_a_car_without_rules_says_its_own_words():
    assert runs_of(car(), Book(), AHEAD) == (Run(TODAY, None, OWN),)
    assert told() == ["120 mi a day included, then $4.50 per mi"]
    assert told(included_distance_per_day=None) == []


def test_rules_come_before_the_cars_own_words():
    assert told(Distance(name="All", per_rental=500)) == ["500 mi a rental included"]
    assert told(Distance(name="All", per_rental=500, per_day=50, amount=D(2), currency="USD")) == [
        "500 mi a rental and 50 mi a day included, then $2.00 per mi"
    ]
    assert told(Distance(name="Free")) == []


def test_each_run_of_days_is_told_for_itself():
    assert told(JULY) == [
        "Rentals that begin until Jun 30, 2026: 120 mi a day included, then $4.50 per mi",
        "Rentals that begin from Jul 1, 2026 to Jul 10, 2026: 60 mi a day included, then $5.00 per mi",
        "Rentals that begin from Jul 11, 2026 on: 120 mi a day included, then $4.50 per mi",
    ]
    assert told(JULY, included_distance_per_day=None)[0] == "Rentals that begin until Jun 30, 2026: not limited"


_day = st.integers(-10, 70).map(lambda number: TODAY + timedelta(days=number))
_rule = st.builds(
    Distance,
    name=st.just("Rule"),
    priority=st.integers(0, 9),
    first=st.none() | _day,
    last=st.none() | _day,
    per_day=st.sampled_from([None, 50, 100]),
    per_rental=st.sampled_from([None, 300]),
)


@given(house=st.lists(_rule, max_size=5).map(Book), start=st.integers(0, 60), length=st.integers(1, 9))
def test_what_is_told_for_a_day_is_what_a_rental_that_begins_on_it_includes(house, start, length):
    days = Days(TODAY + timedelta(days=start), TODAY + timedelta(days=start + length - 1))
    runs = runs_of(car(), house, AHEAD)
    [mine] = [run for run in runs if run.first <= days.start and (run.last is None or days.start <= run.last)]
    inputs = inputs_of(car(), house, days)
    assert (inputs.included_distance, inputs.price_per_extra_distance) == (mine.allowance.in_all(length), mine.allowance.each_further)
    assert all(one.allowance != two.allowance for one, two in pairwise(runs))
