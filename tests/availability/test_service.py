"""Days asked for: read, checked, explained, and the nearest free ones."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.availability import service
from exodrive.availability.model import occupied
from exodrive.availability.service import Obstacle
from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput

TODAY = date(2026, 6, 1)
LIMITS = {"today": TODAY, "longest_rental_days": 30, "furthest_day_days": 365}


def refused_fields(call, *args, **more):
    with pytest.raises(BadInput) as refused:
        call(*args, **more)
    assert refused.value.status == 422
    assert all(sentence.endswith(".") for sentence in refused.value.fields.values())
    return set(refused.value.fields)


def test_two_days_are_read():
    assert service.parse_days("2026-06-01", "2026-06-03") == Days.parse("2026-06-01..03")
    assert service.parse_days("2028-02-29", "2028-02-29") == Days.parse("2028-02-29")


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        (None, None, {"start", "end"}),
        ("", "2026-06-03", {"start"}),
        ("2026-06-01", None, {"end"}),
        ("tomorrow", "2026-06-03", {"start"}),
        ("2026-06-01", "2026-06-31", {"end"}),
        ("2026-02-29", "2026-03-01", {"start"}),
        ("2026-06-03", "2026-06-01", {"end"}),
        ("20260601", "2026-06-03", {"start"}),
        ("2026-W23-1", "2026-06-03", {"start"}),
        ("2026-06-01T10:00", "2026-06-03", {"start"}),
        ("0000-00-00", "9999-99-99", {"start", "end"}),
        ("2026-06-0１", "2026-06-03", {"start"}),
    ],
)
def test_what_cannot_be_read_names_its_field(start, end, fields):
    assert refused_fields(service.parse_days, start, end) == fields


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_text_makes_it_stumble(start, end):
    with suppress(BadInput):
        assert service.parse_days(start, end).start.isoformat() == start


def test_today_and_the_furthest_day_can_be_booked():
    service.check_days(Days(TODAY, TODAY), **LIMITS)
    service.check_days(Days(TODAY, TODAY + timedelta(days=29)), **LIMITS)
    last = TODAY + timedelta(days=365)
    service.check_days(Days(last, last), **LIMITS)


@pytest.mark.parametrize(
    ("start", "length", "field"),
    [(-1, 1, "start"), (-1, 3, "start"), (-400, 1, "start"), (0, 31, "end"), (365, 2, "end"), (366, 1, "start"), (0, 5000, "end")],
)
def test_days_beyond_the_limits_name_their_field(start, length, field):
    first = TODAY + timedelta(days=start)
    days = Days(first, first + timedelta(days=length - 1))
    assert refused_fields(service.check_days, days, **LIMITS) == {field}


def test_the_furthest_day_is_told():
    with pytest.raises(BadInput) as refused:
        service.check_days(Days.parse("2028-01-01"), **LIMITS)
    assert "June 1, 2027" in refused.value.fields["start"]


def test_obstacles_are_told_and_each_has_its_sentence():
    days = Days.parse("2026-06-05..06")
    known = {"turnaround_days": 1, "available": True}
    assert service.obstacles(days, set(), **known) == []
    assert service.obstacles(days, {date(2026, 6, 6)}, **known) == [Obstacle.TAKEN]
    assert service.obstacles(days, {date(2026, 6, 7)}, **known) == [Obstacle.TURNAROUND]
    assert service.obstacles(days, {date(2026, 6, 8)}, **known) == []
    everything = service.obstacles(days, {date(2026, 6, 5)}, turnaround_days=0, available=False)
    assert everything == [Obstacle.NOT_RENTED, Obstacle.TAKEN]
    told = (Obstacle.TAKEN, Obstacle.TURNAROUND, Obstacle.NOT_RENTED)
    assert len({service.obstacle_words(obstacle) for obstacle in told}) == len(told)


def as_asked(days):
    """No rule has anything against any days."""
    return days


def test_what_no_rule_lets_be_had_is_not_offered_and_what_is_made_longer_is_free_all_the_same():
    def three(days):
        return None if days.start.day == 6 else Days(days.start, days.start + timedelta(days=2))

    taken, last = {date(2026, 6, 9)}, TODAY + timedelta(days=365)
    found = service.nearest(Days.parse("2026-06-05..06"), taken, first=TODAY, last=last, fit=three)
    assert found == [Days.parse("2026-06-05..07"), Days.parse("2026-06-04..06"), Days.parse("2026-06-03..05")]
    few = {"first": date(2026, 6, 4), "last": date(2026, 6, 5)}
    assert service.nearest(Days.parse("2026-06-05"), taken, **few, fit=three) == []


@pytest.mark.parametrize(("free_after", "found"), [(45, 1), (46, 0)])
def test_what_is_more_than_45_days_away_is_not_near(free_after, found):
    wanted, free = Days(TODAY, TODAY), TODAY + timedelta(days=free_after)
    taken = {TODAY + timedelta(days=number) for number in range(100)} - {free}
    assert len(service.nearest(wanted, taken, first=TODAY, last=TODAY + timedelta(days=365), fit=as_asked)) == found


days_of_summer = st.sets(st.integers(0, 120).map(lambda number: TODAY + timedelta(days=number)))


@given(st.integers(0, 60), st.integers(1, 10), days_of_summer, st.integers(0, 2))
def test_the_nearest_free_ranges_are_free_as_long_and_none_nearer_is_left_out(offset, length, taken, turnaround_days):
    start = TODAY + timedelta(days=offset)
    wanted = Days(start, start + timedelta(days=length - 1))
    last = TODAY + timedelta(days=100)
    found = service.nearest(wanted, taken, first=TODAY, last=last, fit=as_asked, turnaround_days=turnaround_days)

    def fits(days):
        inside = days.start >= TODAY and days.end <= last
        return inside and not any(day in taken for day in occupied(days, turnaround_days))

    near = [number for number in range(1, 46) for number in (number, -number)]
    every = [Days(wanted.start + timedelta(days=by), wanted.end + timedelta(days=by)) for by in near]
    assert found == [days for days in every if fits(days)][:3]
    assert all(len(days) == length for days in found)
