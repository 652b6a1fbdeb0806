"""The story of the demo holds for whatever day it is."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exodrive.availability.model import occupied
from exodrive.kit.days import Days
from exodrive.operate.seed.cars import texts
from exodrive.operate.seed.story import Kind, story

SLUGS = [car["slug"] for car in texts()["cars"]]
todays = st.dates(min_value=date(2025, 1, 1), max_value=date(2040, 12, 31))


def calendars(today):
    taken = {slug: [] for slug in SLUGS}
    for stay in story(SLUGS, today):
        if stay.kind in (Kind.RENTAL, Kind.MAINTENANCE, Kind.BLOCKED):
            taken[stay.slug].append(occupied(stay.days, stay.turnaround_days))
    return taken


@given(todays)
def test_no_day_of_a_car_is_used_twice(today):
    for spans in calendars(today).values():
        days = [day for span in spans for day in span]
        assert len(set(days)) == len(days)


@given(todays)
def test_every_car_has_six_free_days_in_a_row_within_two_weeks(today):
    for slug, spans in calendars(today).items():
        starts = [today + timedelta(days=number) for number in range(1, 9)]
        windows = [Days(start, start + timedelta(days=5)) for start in starts]
        assert any(not any(span.overlaps(window) for span in spans) for window in windows), slug


@given(todays)
def test_somebody_is_on_the_road_and_somebody_is_coming(today):
    rentals = [stay for stay in story(SLUGS, today) if stay.kind is Kind.RENTAL]
    assert sum(today in stay.days for stay in rentals) >= 2
    assert sum(stay.days.start > today for stay in rentals) >= 10
    assert sum(stay.days.end < today for stay in rentals) >= 40
