"""Money, days and times as people read them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from exodrive.kit import words
from exodrive.web.shell import formats

DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _american() -> Iterator[None]:
    words.use("en_US")
    yield
    words.use(words.DEFAULT)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u2009", " ").replace("\xa0", " ")


def test_days_in_words() -> None:
    assert formats.day(DAY) == "Tue, Dec 1, 2026"
    assert formats.long_day(DAY) == "Tuesday, December 1, 2026"
    assert formats.short_day(DAY) == "Dec 1"
    assert formats.month(DAY) == "December 2026"
    assert formats.weekday(DAY) == "Tuesday"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (DAY, "Tue, Dec 1, 2026"),
        (date(2026, 12, 3), "Dec 1 – 3, 2026"),
        (date(2027, 1, 2), "Dec 1, 2026 – Jan 2, 2027"),
    ],
)
def test_a_range_says_what_is_the_same_once(end: date, said: str) -> None:
    assert plain(formats.day_range(DAY, end)) == said


def test_a_moment_is_told_by_the_clock_of_its_place() -> None:
    moment = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
    assert plain(formats.moment(moment, "America/New_York")) == "Mon, Nov 30, 2026, 10:30 PM"
    assert plain(formats.moment(moment, "Asia/Tokyo")) == "Tue, Dec 1, 2026, 12:30 PM"
    assert plain(formats.clock_time(moment, "America/New_York")) == "10:30 PM"


def test_a_moment_of_no_place_says_that_it_is_in_utc() -> None:
    assert plain(formats.utc(datetime(2026, 12, 1, 3, 30, tzinfo=UTC))) == "Tue, Dec 1, 2026, 3:30 AM UTC"
    assert plain(formats.clock_time(time(9, 5))) == "9:05 AM"


def test_an_hour_that_the_clock_shows_twice_is_told_as_it_shows() -> None:
    for hour in (5, 6):
        assert plain(formats.clock_time(datetime(2026, 11, 1, hour, 30, tzinfo=UTC), "America/New_York")) == "1:30 AM"


def test_another_language_writes_its_own_way() -> None:
    words.use("de_DE")
    assert formats.number(Decimal("1290.5")) == "1.290,5"
    assert formats.average(Decimal(4)) == "4,0"
    assert formats.long_day(DAY) == "Dienstag, 1. Dezember 2026"
    assert plain(formats.clock_time(time(17, 5))) == "17:05"
    assert formats.is_right_to_left() is False
    words.use("ar_EG")
    assert formats.is_right_to_left() is True
