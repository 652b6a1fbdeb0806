"""Ranges of days, and the way between days and moments across clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exodrive.kit.days import Days, day_at, moment_at

NEW_YORK = "America/New_York"
ranges = st.builds(
    lambda start, more: Days(start, start + timedelta(days=more)),
    st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)),
    st.integers(0, 60),
)


def test_the_same_day_twice_is_one_day():
    day = Days(date(2026, 6, 1), date(2026, 6, 1))
    assert len(day) == 1
    assert list(day) == [date(2026, 6, 1)]


def test_a_range_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="before it starts"):
        Days(date(2026, 6, 2), date(2026, 6, 1))


def test_a_leap_day_counts():
    assert len(Days(date(2028, 2, 28), date(2028, 3, 1))) == 3
    assert len(Days(date(2027, 2, 28), date(2027, 3, 1))) == 2


@given(ranges)
def test_its_days_are_as_many_as_its_length_and_all_inside(days):
    listed = list(days)
    assert len(listed) == len(days)
    assert listed[0] == days.start
    assert listed[-1] == days.end
    assert all(day in days for day in listed)
    assert days.start - timedelta(days=1) not in days
    assert days.end + timedelta(days=1) not in days


@given(ranges, ranges)
def test_ranges_overlap_when_they_share_a_day(one, other):
    assert one.overlaps(other) == other.overlaps(one) == bool(set(one) & set(other))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-06-01..2026-06-03", date(2026, 6, 1), date(2026, 6, 3)),
        ("2026-06-01..03", date(2026, 6, 1), date(2026, 6, 3)),
        ("2026-06-30..07-02", date(2026, 6, 30), date(2026, 7, 2)),
        ("2026-06-01", date(2026, 6, 1), date(2026, 6, 1)),
    ],
)
def test_a_range_is_read_from_short_text(text, start, end):
    assert Days.parse(text) == Days(start, end)


def test_the_day_depends_on_the_place():
    moment = datetime(2026, 6, 2, 3, 30, tzinfo=UTC)
    assert day_at(moment, NEW_YORK) == date(2026, 6, 1)
    assert day_at(moment, "Europe/Berlin") == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 1, 15), time(10), datetime(2026, 1, 15, 15, tzinfo=UTC)),
        (date(2026, 7, 15), time(10), datetime(2026, 7, 15, 14, tzinfo=UTC)),
        # 8 March 2026: the clock jumps from 2 to 3; the hour that is skipped is read with the offset before the change.
        (date(2026, 3, 8), time(1, 59), datetime(2026, 3, 8, 6, 59, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        (date(2026, 3, 8), time(3), datetime(2026, 3, 8, 7, tzinfo=UTC)),
        # 1 November 2026: 1:30 is shown twice; the first is meant.
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_wall_clock_time_is_one_moment_also_when_clocks_change(day, at, utc):
    assert moment_at(day, at, NEW_YORK) == utc


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)), st.times(min_value=time(4), max_value=time(23, 59)))
@example(date(2026, 3, 8), time(10))
@example(date(2026, 11, 1), time(10))
def test_a_moment_made_from_a_day_lies_on_that_day(day, at):
    moment = moment_at(day, at, NEW_YORK)
    assert moment.utcoffset() == timedelta(0)
    assert day_at(moment, NEW_YORK) == day
    assert moment.astimezone(ZoneInfo(NEW_YORK)).time() == at
