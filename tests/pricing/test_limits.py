"""How short, how long and how soon."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from exodrive.kit.days import Days
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import Notice, Season
from exodrive.pricing.limits import HindranceKind, Limits, earliest_pickup, hindrances, limits_of
from tests.pricing.prices import CAR
from tests.pricing.rental import car

MIAMI = "America/New_York"
CHRISTMAS = Season(name="Christmas", first=date(2026, 12, 20), last=date(2027, 1, 3), minimum_days=5, maximum_days=14)


def limits(days, *rules, **changes):
    return limits_of(car(**changes), Book(rules), Days.parse(days))


def test_without_seasons_the_cars_own_minimum_counts():
    assert limits("2026-06-01..03", minimum_days=2) == Limits(2, None)
    assert limits("2026-06-01..03", Season(name="Dear", percent=Decimal(120)), minimum_days=2) == Limits(2, None)


@pytest.mark.parametrize("days", ["2026-12-18..20", "2027-01-03..05", "2026-12-24"])
def test_a_rental_that_touches_a_season_has_its_limits(days):
    assert limits(days, CHRISTMAS, minimum_days=2) == Limits(5, 14, "Christmas", "Christmas")


@pytest.mark.parametrize("days", ["2026-12-18..19", "2027-01-04"])
def test_a_rental_beside_a_season_has_not(days):
    assert limits(days, CHRISTMAS, minimum_days=2) == Limits(2, None)


def test_the_first_season_of_a_day_that_names_a_limit_decides():
    always = Season(name="Always", minimum_days=3)
    own = Season(name="Own", car_id=CAR, minimum_days=2)
    longest = Season(name="Longest", priority=-1, maximum_days=20)
    assert limits("2026-06-01", always, own, longest) == Limits(2, 20, "Own", "Longest")


def test_of_the_days_of_a_rental_the_strictest_decides():
    june = Season(name="June", first=date(2026, 6, 1), last=date(2026, 6, 30), minimum_days=2, maximum_days=9)
    july = Season(name="July", first=date(2026, 7, 1), last=date(2026, 7, 31), minimum_days=4, maximum_days=12)
    assert limits("2026-06-29..07-02", june, july) == Limits(4, 9, "July", "June")


def earliest(now, notice, zone=MIAMI):
    return earliest_pickup(car(), Book([notice] if notice else []), date(2026, 6, 1), now=now, zone=zone)[0]


def test_without_notice_one_may_begin_at_once():
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert earliest(now, None) == now


def test_hours_of_notice_are_hours_that_pass_whatever_the_clock_does():
    # At 2:00 on 8 March 2026 the clock of Miami goes on to 3:00.
    now = datetime(2026, 3, 7, 17, tzinfo=UTC)
    assert earliest(now, Notice(name="Day", hours=24)) == datetime(2026, 3, 8, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (datetime(2026, 6, 1, 15, 59, tzinfo=UTC), datetime(2026, 6, 1, 15, 59, tzinfo=UTC)),
        (datetime(2026, 6, 1, 16, 0, tzinfo=UTC), datetime(2026, 6, 2, 4, 0, tzinfo=UTC)),
        # The night before the clock goes on, and the day of 25 hours.
        (datetime(2026, 3, 7, 17, 0, tzinfo=UTC), datetime(2026, 3, 8, 5, 0, tzinfo=UTC)),
        (datetime(2026, 11, 1, 17, 0, tzinfo=UTC), datetime(2026, 11, 2, 5, 0, tzinfo=UTC)),
    ],
)
def test_after_the_cut_off_nothing_begins_that_day(now, found):
    assert earliest(now, Notice(name="Noon", cutoff=time(12))) == found


def test_of_hours_and_cut_off_the_later_counts():
    now = datetime(2026, 6, 1, 17, tzinfo=UTC)
    assert earliest(now, Notice(name="Both", hours=48, cutoff=time(12))) == datetime(2026, 6, 3, 17, tzinfo=UTC)


def test_all_that_is_in_the_way_is_told():
    now = datetime(2026, 12, 23, 17, tzinfo=UTC)
    rules = Book([CHRISTMAS, Notice(name="Notice", hours=72)])
    found = hindrances(car(), rules, Days.parse("2026-12-24..25"), now=now, pickup_at=datetime(2026, 12, 24, 15, tzinfo=UTC), zone=MIAMI)
    assert [(one.kind, one.days, one.rule) for one in found] == [
        (HindranceKind.TOO_SHORT, 5, "Christmas"),
        (HindranceKind.TOO_SOON, 0, "Notice"),
    ]
    assert found[1].earliest == datetime(2026, 12, 26, 17, tzinfo=UTC)
    long = hindrances(
        car(), rules, Days.parse("2026-12-27..2027-01-10"), now=now, pickup_at=datetime(2026, 12, 27, 15, tzinfo=UTC), zone=MIAMI
    )
    assert [(one.kind, one.days) for one in long] == [(HindranceKind.TOO_LONG, 14)]
    fine = Days.parse("2026-12-27..2027-01-09")
    assert hindrances(car(), rules, fine, now=now, pickup_at=datetime(2026, 12, 27, 15, tzinfo=UTC), zone=MIAMI) == []
