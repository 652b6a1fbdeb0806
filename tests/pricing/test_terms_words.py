"""The terms of a rental in words."""

from decimal import Decimal

from exodrive.pricing import terms_words as words
from exodrive.pricing.kinds import Waiver
from tests.pricing.prices import inputs
from tests.pricing.rental import asked

D = Decimal


def test_included_distance_is_told_for_the_whole_rental():
    told = inputs("2026-06-01..10", included_distance_per_day=120, price_per_extra_distance=D("4.50"))
    assert words.distance_words(told) == "1,200 mi included, then $4.50 per mi"
    assert words.distance_words(inputs("2026-06-01", included_distance_per_day=120)) == "120 mi included"
    assert words.distance_words(inputs("2026-06-01")) == ""


def test_the_excess_is_told_where_something_is_said_of_it():
    def told(excess):
        rule = Waiver(name="Cover", code="cover", amount=D(0), excess=D(excess), currency="USD")
        return words.excess_words(asked("2026-06-01", rule))

    assert told(1500) == "Of a damage that is covered you bear $1,500 at most."
    assert told(0) == "You bear nothing of a damage that is covered."
    assert words.excess_words(asked("2026-06-01")) == words.excess_words(inputs("2026-06-01")) == ""
