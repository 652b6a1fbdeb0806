"""Ranges of days, and the way between days and moments across clock changes."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exodrive.kit.days import Days, day_at, moment_at

NEW_YORK = "America/New_York"
# Half hours, quarters, changes at midnight, into midnight and out of season, and no change at all.
ZONES = (
    NEW_YORK,
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Nuuk",
    "America/Santiago",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Dubai",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
ranges = st.builds(
    lambda start, more: Days(start, start + timedelta(days=more)),
    st.dates(min_value=FIRST, max_value=LAST),
    st.integers(0, 60),
)


@cache
def days_of_change(zone):
    """The days that are longer or shorter than others in a zone."""
    place, one = ZoneInfo(zone), timedelta(days=1)
    midnights = [datetime.combine(FIRST + one * number, time(), tzinfo=place) for number in range((LAST - FIRST).days)]
    return [at.date() for at in midnights if at.utcoffset() != (at + one).utcoffset()]


@st.composite
def wall_times(draw):
    """A zone, a day, and a time of the whole day; every other day is one on which the clocks change."""
    zone = draw(st.sampled_from(ZONES))
    dates = st.dates(min_value=FIRST, max_value=LAST)
    changes = days_of_change(zone)
    day = draw(st.one_of(dates, st.sampled_from(changes)) if changes else dates)
    return zone, day, draw(st.times()).replace(second=0, microsecond=0, fold=0)


def is_skipped(day, at, zone):
    """Whether no clock of the zone ever shows this."""
    wall = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return wall.astimezone(UTC).astimezone(ZoneInfo(zone)).time() != at


def is_shown_twice(day, at, zone):
    wall = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return not is_skipped(day, at, zone) and wall.utcoffset() != wall.replace(fold=1).utcoffset()


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


def test_a_time_skipped_before_midnight_stays_on_its_day():
    """30 March 2024 in Greenland: the clock jumps from 23 to 0, and half past eleven would be half past midnight."""
    moment = moment_at(date(2024, 3, 30), time(23, 30), "America/Nuuk")
    assert moment == datetime(2024, 3, 31, 0, 30, tzinfo=UTC)
    assert moment.astimezone(ZoneInfo("America/Nuuk")).time() == time(22, 30)


@given(wall_times())
@example((NEW_YORK, date(2026, 3, 8), time(2, 30)))
@example(("America/Nuuk", date(2027, 3, 27), time(23, 59)))
@example(("Asia/Beirut", date(2026, 3, 29), time(0)))
@example(("Atlantic/Azores", date(2026, 10, 25), time(0, 30)))
@example(("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15)))
def test_a_moment_made_from_a_day_lies_on_that_day(wall):
    zone, day, at = wall
    moment = moment_at(day, at, zone)
    assert moment.utcoffset() == timedelta(0)
    assert day_at(moment, zone) == day
    shown = moment.astimezone(ZoneInfo(zone))
    assert shown.time() == at or is_skipped(day, at, zone)
    assert shown.fold == 0 or is_skipped(day, at, zone), "of a time shown twice, the first"


@given(wall_times(), st.times())
def test_what_is_later_on_the_clock_is_later(wall, other):
    zone, day, at = wall
    other = other.replace(second=0, microsecond=0, fold=0)
    if not is_skipped(day, at, zone) and not is_skipped(day, other, zone):
        assert (at < other) == (moment_at(day, at, zone) < moment_at(day, other, zone))


@given(wall_times())
def test_the_same_time_on_the_next_day_is_a_day_later_give_or_take_a_change_of_clocks(wall):
    zone, day, at = wall
    passed = moment_at(day + timedelta(days=1), at, zone) - moment_at(day, at, zone)
    assert timedelta(hours=22) <= passed <= timedelta(hours=26)


def test_gaps_and_folds_are_among_what_is_drawn():
    """The zones below change their clocks in these years, and times of every kind are found on such days."""
    kinds = Counter()
    for zone in ZONES:
        for day in days_of_change(zone)[:4]:
            for minute in range(0, 24 * 60, 15):
                at = time(minute // 60, minute % 60)
                kinds["skipped"] += is_skipped(day, at, zone)
                kinds["twice"] += is_shown_twice(day, at, zone)
    assert kinds["skipped"] > 20
    assert kinds["twice"] > 20
