"""Money, days and times as people read them, in the language of the request (Babel, CLDR)."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_time
from babel.numbers import format_decimal

from exodrive.kit import words
from exodrive.pricing.words import money, short_money


def number(value: Decimal | int) -> str:
    """Return ``1,290``."""
    return _number(value, words.locale())


def average(value: Decimal) -> str:
    """Return ``4.0``: averages to one place beside each other are read at a glance."""
    return _number(value, words.locale(), "0.0")


@lru_cache(maxsize=4096)
def _number(value: Decimal | int, locale: str, form: str | None = None) -> str:
    return format_decimal(value, form, locale=locale)


@lru_cache(maxsize=4096)
def _date(value: date, form: str, locale: str) -> str:
    return format_date(value, form, locale=locale)


def day(value: date) -> str:
    """Return ``Tue, Dec 1, 2026``."""
    return _date(value, "EEE, MMM d, y", words.locale())


def long_day(value: date) -> str:
    """Return ``Tuesday, December 1, 2026``."""
    return _date(value, "full", words.locale())


def plain_day(value: date) -> str:
    """Return ``December 1, 2026``."""
    return _date(value, "long", words.locale())


def short_day(value: date) -> str:
    """Return ``Dec 1``."""
    return _date(value, "MMM d", words.locale())


def day_range(start: date, end: date) -> str:
    """Return ``Dec 1 – 3, 2026``, or one day when both are the same."""
    return day(start) if start == end else _range(start, end, words.locale())


@lru_cache(maxsize=4096)
def _range(start: date, end: date, locale: str) -> str:
    return format_interval(start, end, "yMMMd", locale=locale)


def month(value: date) -> str:
    """Return ``December 2026``."""
    return _date(value, "MMMM y", words.locale())


def weekday(value: date) -> str:
    """Return ``Tuesday``."""
    return _date(value, "EEEE", words.locale())


def clock_time(value: time | datetime, zone: str = "UTC") -> str:
    """Return ``10:00 AM``; a moment is shown on the wall clock of its place."""
    shown = value.astimezone(ZoneInfo(zone)).time() if isinstance(value, datetime) else value
    return _time(shown.replace(second=0, microsecond=0, fold=0), words.locale())


@lru_cache(maxsize=4096)
def _time(value: time, locale: str) -> str:
    return format_time(value, "short", locale=locale)


def moment(value: datetime, zone: str) -> str:
    """Return ``Tue, Dec 1, 2026, 10:00 AM`` on the wall clock of a place."""
    there = value.astimezone(ZoneInfo(zone))
    return f"{_date(there.date(), 'EEE, MMM d, y', words.locale())}, {clock_time(there.time())}"


def utc(value: datetime) -> str:
    """Return ``Tue, Dec 1, 2026, 3:00 PM UTC``, for what happens at no place."""
    return f"{moment(value, 'UTC')} UTC"


def country(code: str) -> str:
    """Return a country's name by its two letters; the letters where there is none."""
    return _locale(words.locale()).territories.get(code) or code


def is_right_to_left() -> bool:
    """Tell whether the page's language runs from right to left."""
    return _locale(words.locale()).text_direction == "rtl"


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "short_money": short_money,
    "number": number,
    "average": average,
    "day": day,
    "long_day": long_day,
    "plain_day": plain_day,
    "short_day": short_day,
    "day_range": lambda days: day_range(days.start, days.end),
    "month": month,
    "weekday": weekday,
    "clock_time": clock_time,
    "moment": moment,
    "utc": utc,
}
