"""A car's calendar: months in rows of seven days, each with its state and price, from one query."""

from calendar import Calendar as Weeks
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_skeleton, get_day_names

from exodrive.availability.model import Reason, reason_of
from exodrive.availability.service import furthest_day
from exodrive.availability.store import LIVE
from exodrive.fleet.service import UnknownCar
from exodrive.kit import words
from exodrive.kit.days import ONE_DAY, Days, day_at
from exodrive.kit.db import Db
from exodrive.overview.shop.model import Calendar, CalendarDay, DayState, Month

_DAYS = f"""
    select c.id, c.slug, c.turnaround_days, l.time_zone, p.currency, p.base_price, p.minimum_days,
           array(select row (a.date, a.status) from car_availability a where a.car_id = c.id and a.date between $2 and $3 and {LIVE})
    from cars c join locations l on l.id = c.home_location_id join car_pricing p on p.car_id = c.id
    where c.slug = $1 and not c.hidden"""  # noqa: S608


async def calendar(db: Db, slug: str, *, now: datetime, furthest_day_days: int, first: date | None = None, count: int = 2) -> Calendar:
    """Return ``count`` months of a car from the month of ``first`` (this month when absent or out of reach); raises UnknownCar.

    One round trip.
    """
    # Today is known only with the car's zone, so the question reaches a day further to both sides than the answer.
    low, high = (_month_shown(first, now.date() + day, furthest_day_days) for day in (-ONE_DAY, ONE_DAY))
    row = await db.fetchrow(_DAYS, slug, low, _next(high, count) - ONE_DAY)
    if row is None:
        raise UnknownCar
    car_id, slug, turnaround_days, zone, currency, base_price, minimum_days, taken_rows = row
    today = day_at(now, zone)
    furthest = furthest_day(today, furthest_day_days)
    start = _month_shown(first, today, furthest_day_days)
    book = _Book({day: reason_of(status) for day, status in taken_rows}, today, furthest, base_price)
    week = Locale.parse(words.locale()).first_week_day
    return Calendar(
        car_id=car_id,
        slug=slug,
        currency=currency,
        minimum_days=minimum_days,
        turnaround_days=turnaround_days,
        today=today,
        months=tuple(book.month(_next(start, number), week) for number in range(count)),
        weekdays=_weekdays(week),
        earlier=_next(start, -1) if start > _month_of(today) else None,
        later=_next(start, 1) if _next(start, count) <= furthest else None,
    )


class _Book:
    """What is known of the days, and how a day is shown from it."""

    def __init__(self, taken: Mapping[date, Reason], today: date, furthest: date, price: Decimal) -> None:
        self.taken, self.bookable, self.price = taken, Days(today, furthest), price

    def month(self, first: date, week: int) -> Month:
        """One month in the locale's weeks."""
        weeks = Weeks(week).monthdatescalendar(first.year, first.month)
        rows = tuple(tuple(self.day(day) if day.month == first.month else None for day in days) for days in weeks)
        return Month(first, format_skeleton("yMMMM", first, locale=words.locale()), rows)

    def day(self, day: date) -> CalendarDay:
        """One day: what has passed or lies too far ahead is not told further."""
        if day not in self.bookable:
            return CalendarDay(day, DayState.PAST if day < self.bookable.start else DayState.BEYOND, None, self.price)
        reason = self.taken.get(day)
        return CalendarDay(day, DayState.TAKEN if reason else DayState.FREE, reason, self.price)


def _weekdays(week: int) -> tuple[tuple[str, str], ...]:
    short, full = (get_day_names(width, locale=words.locale()) for width in ("abbreviated", "wide"))
    return tuple((short[number % 7], full[number % 7]) for number in range(week, week + 7))


def _month_shown(first: date | None, today: date, furthest_day_days: int) -> date:
    """The month to begin with: the one asked for, or the nearest to it that has a day to book."""
    return _month_of(min(max(first or today, today), furthest_day(today, furthest_day_days)))


def _month_of(day: date) -> date:
    return day.replace(day=1)


def _next(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
