"""Limits of rentals in words."""

from datetime import UTC, date, datetime, time

import pytest

from exodrive.kit.days import Days
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import Notice, Season
from exodrive.pricing.limit_words import hindrance_words, minimum_words, notice_words, season_limit_words
from exodrive.pricing.limits import Hindrance, HindranceKind
from tests.pricing.rental import car


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (Hindrance(kind=HindranceKind.TOO_SHORT, days=1), "These days are rented for 1 day at least."),
        (Hindrance(kind=HindranceKind.TOO_SHORT, days=5), "These days are rented for 5 days at least."),
        (Hindrance(kind=HindranceKind.TOO_LONG, days=14), "These days are rented for 14 days at most."),
        (
            Hindrance(kind=HindranceKind.TOO_SOON, earliest=datetime(2026, 6, 2, 4, tzinfo=UTC)),
            "Please choose a pick-up from Jun 2, 2026, 12:00\u202fAM on: we need that long to prepare the car.",
        ),
    ],
)
def test_what_a_rule_has_against_a_rental_is_a_sentence(limit, sentence):
    assert hindrance_words(limit, "America/New_York") == sentence


def test_a_season_says_how_short_and_long_its_rentals_are():
    dates = {"first": date(2026, 12, 20), "last": date(2027, 1, 5)}
    season = Season(name="Holidays", minimum_days=5, maximum_days=14, **dates)
    assert season_limit_words(season) == "Holidays, Dec 20\u2009–\u2009Jan 5: 5 days at least, 14 days at most"
    assert season_limit_words(Season(name="Always", minimum_days=1)) == "Always: 1 day at least"


def test_how_short_a_rental_may_be_is_told_with_its_seasons():
    ahead = Days(date(2026, 12, 1), date(2027, 11, 30))
    fair = Season(name="Fair", minimum_days=5, first=date(2026, 12, 20), last=date(2027, 1, 5))
    gone = Season(name="Gone", minimum_days=9, first=date(2026, 1, 1), last=date(2026, 1, 5))
    assert minimum_words(car(minimum_days=2), Book([fair, gone]), ahead) == "2 days; Fair, Dec 20\u2009–\u2009Jan 5: 5 days"
    always = Season(name="Always", minimum_days=3)
    assert minimum_words(car(minimum_days=2), Book([always]), ahead) == "3 days"
    assert minimum_words(car(), Book(), ahead) == "1 day"


def test_notice_says_how_long_before_one_books():
    assert notice_words(Notice(name="Notice", hours=24, cutoff=time(15))) == [
        "Book 24 hours before the pick-up at the latest.",
        "To pick it up the same day, book before 3:00\u202fPM.",
    ]
    assert notice_words(Notice(name="Notice")) == []
