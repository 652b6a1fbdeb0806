"""Days that are offered instead of others can be had: by the calendar, by every rule of the price, and by the limits of the house."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exodrive.availability.model import is_free
from exodrive.availability.service import check_days, nearest, obstacles
from exodrive.kit.days import Days, moment_at
from exodrive.overview.shop.hindered import fitting, hindered
from exodrive.pricing.book import Book
from exodrive.pricing.clashes import clash
from exodrive.pricing.kinds import Notice, Season
from tests.overview.conftest import NOW, TODAY
from tests.pricing.rental import car

ZONE = "America/New_York"
LAST = TODAY + timedelta(days=90)
_ahead = st.integers(0, 80).map(lambda number: TODAY + timedelta(days=number))
_count = st.none() | st.integers(1, 9)


@st.composite
def any_season(draw):
    first, length = draw(st.none() | _ahead), draw(st.integers(0, 30))
    least = draw(_count)
    most = draw(_count.filter(lambda number: number is None or least is None or number >= least))
    dates = {"first": first, "last": first + timedelta(days=length)} if first else {}
    return Season(name="Season", priority=draw(st.integers(0, 3)), minimum_days=least, maximum_days=most, **dates)


_notice = st.builds(
    Notice,
    name=st.just("Notice"),
    priority=st.integers(0, 3),
    hours=st.integers(0, 24 * 20),
    cutoff=st.none() | st.just(time(11)),
    last=st.none() | _ahead,
)


@st.composite
def any_rules(draw):
    rules = []
    for rule in draw(st.lists(any_season() | _notice, max_size=6)):
        if clash(rule, rules) is None:
            rules.append(rule)
    return Book(rules)


@given(
    house=any_rules(),
    own=st.integers(1, 5),
    start=_ahead,
    length=st.integers(1, 10),
    taken=st.sets(_ahead, max_size=40),
    turnaround=st.integers(0, 2),
    now=st.sampled_from([NOW, NOW - timedelta(hours=2), datetime.combine(TODAY, time(23, 59, 30), NOW.tzinfo)]),
)
def test_every_offered_range_can_be_booked(house, own, start, length, taken, turnaround, now):
    rules, wanted = car(minimum_days=own), Days(start, min(start + timedelta(days=length - 1), LAST))
    today = now.astimezone(NOW.tzinfo).date()
    fit = fitting(rules, house, now=now, zone=ZONE, longest_rental_days=8)
    found = nearest(wanted, taken, first=today, last=LAST, fit=fit, turnaround_days=turnaround)
    for days in found:
        check_days(days, today=today, longest_rental_days=8, furthest_day_days=(LAST - today).days)
        assert is_free(days, turnaround, taken)
        assert obstacles(days, taken, turnaround_days=turnaround, available=True) == []
        assert hindered(rules, house, days, now=now, zone=ZONE) == []
    assert wanted not in found


def looked_at(days, *house, **of):
    fit = fitting(car(**of), Book(house), now=NOW, zone=ZONE, longest_rental_days=30)
    return nearest(Days.parse(days), set(), first=TODAY, last=LAST, fit=fit)


def test_too_long_is_made_shorter():
    summer = Season(name="Summer", maximum_days=3)
    assert looked_at("2026-06-10..19", summer)[0] == Days.parse("2026-06-10..12")


def test_days_beside_a_season_stay_as_long_as_asked_for():
    fair = Season(name="Fair", minimum_days=40, first=date(2026, 6, 10), last=date(2026, 6, 12))
    assert looked_at("2026-06-12", fair) == [Days.parse(day) for day in ("2026-06-13", "2026-06-14", "2026-06-15")]


def test_two_seasons_that_cannot_agree_offer_nothing_between_them():
    long = Season(name="Long", minimum_days=5, first=date(2026, 6, 10), last=date(2026, 6, 20))
    short = Season(name="Short", maximum_days=2, first=date(2026, 6, 10), last=date(2026, 6, 20), priority=1)
    found = looked_at("2026-06-15", long, short)
    assert found[0].start == date(2026, 6, 21)


def test_what_is_too_soon_begins_when_it_is_not():
    found = looked_at("2026-06-04", Notice(name="Notice", hours=72))
    assert found[0] == Days.parse("2026-06-06")
    assert moment_at(found[0].start, time(23, 59), ZONE) >= NOW + timedelta(hours=72)
