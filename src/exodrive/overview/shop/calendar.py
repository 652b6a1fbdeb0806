"""A car's calendar: months in rows of seven days, each with its state and price, from one query."""

from calendar import Calendar as Weeks
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
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
from exodrive.kit.words import ngettext
from exodrive.overview.shop.hindered import too_soon
from exodrive.overview.shop.model import Calendar, CalendarDay, DayState, Month
from exodrive.pricing.choosing import first_of
from exodrive.pricing.kinds import Notice
from exodrive.pricing.limit_words import notice_words, season_limit_words
from exodrive.pricing.limits import limiting
from exodrive.pricing.rules import CarRules, House, book_of, house_of
from exodrive.pricing.service import package_prices, season_prices
from exodrive.pricing.store import CAR_RULES, HOUSE, car_rules

_BESIDE = timedelta(days=2)  # from a Friday to its Sunday
_DAYS = f"""
    select c.id, c.slug, c.turnaround_days, l.time_zone,
           array(select row (a.date, a.status) from car_availability a where a.car_id = c.id and a.date between $2 and $3 and {LIVE}),
           {HOUSE}, {CAR_RULES}
    from cars c join locations l on l.id = c.home_location_id join car_pricing p on p.car_id = c.id
    where c.slug = $1 and not c.hidden"""  # noqa: S608


# long: each line one part of the answer
async def calendar(db: Db, slug: str, *, now: datetime, furthest_day_days: int, first: date | None = None, count: int = 2) -> Calendar:
    """Return ``count`` months of a car from the month of ``first`` (this month when absent or out of reach); raises UnknownCar.

    One round trip.
    """
    # Today is known only with the car's zone, and weekends cross the ends of months: the question reaches further than the answer.
    low, high = (_month_shown(first, now.date() + day, furthest_day_days) for day in (-ONE_DAY, ONE_DAY))
    row = await db.fetchrow(_DAYS, slug, low - _BESIDE, _next(high, count) + _BESIDE)
    if row is None:
        raise UnknownCar
    car_id, slug, turnaround_days, zone, taken_rows = row[:5]
    house, rules = house_of(row[5]), car_rules(row[6:])
    today = day_at(now, zone)
    furthest = furthest_day(today, furthest_day_days)
    start = _month_shown(first, today, furthest_day_days)
    shown = Days(start, _next(start, count) - ONE_DAY)
    ahead = Days(max(today, start), shown.end)
    known = Days(shown.start - _BESIDE, shown.end + _BESIDE)
    soon = too_soon(rules, house, Days(max(today, known.start), known.end), now=now, zone=zone)
    taken = {day: reason_of(status) for day, status in taken_rows}
    book = _Book(taken, soon, Days(today, furthest), season_prices(rules, house, known), package_prices(rules, house, known))
    week = Locale.parse(words.locale()).first_week_day
    return Calendar(
        car_id=car_id,
        slug=slug,
        currency=rules.rates.currency,
        minimum_days=rules.rates.minimum_days,
        limits=_limits(rules, house, ahead),
        turnaround_days=turnaround_days,
        today=today,
        months=tuple(book.month(_next(start, number), week) for number in range(count)),
        weekdays=_weekdays(week),
        earlier=_next(start, -1) if start > _month_of(today) else None,
        later=_next(start, 1) if _next(start, count) <= furthest else None,
    )


class _Book:
    """What is known of the days, and how a day is shown from it."""

    def __init__(
        self,
        taken: Mapping[date, Reason],
        soon: Collection[date],
        bookable: Days,
        prices: Mapping[date, Decimal],
        packages: Mapping[date, Decimal],
    ) -> None:
        self.taken, self.soon, self.bookable, self.prices = taken, soon, bookable, prices
        weekends = ((Days(friday, friday + _BESIDE), price) for friday, price in packages.items())
        self.weekends = {day: price for days, price in weekends if all(map(self.is_free, days)) for day in days}

    def month(self, first: date, week: int) -> Month:
        """One month in the locale's weeks."""
        weeks = Weeks(week).monthdatescalendar(first.year, first.month)
        rows = tuple(tuple(self.day(day) if day.month == first.month else None for day in days) for days in weeks)
        return Month(first, format_skeleton("yMMMM", first, locale=words.locale()), rows)

    def is_free(self, day: date) -> bool:
        """Whether a day is one that anybody may book."""
        return day in self.bookable and day not in self.soon and day not in self.taken

    def day(self, day: date) -> CalendarDay:
        """One day: what has passed or lies too far ahead is not told further."""
        price, reason = self.prices[day], self.taken.get(day)
        if day not in self.bookable:
            return CalendarDay(day, DayState.PAST if day < self.bookable.start else DayState.BEYOND, None, price)
        if reason is None and day in self.soon:
            return CalendarDay(day, DayState.SOON, None, price)
        return CalendarDay(day, DayState.TAKEN if reason else DayState.FREE, reason, price, self.weekends.get(day))


def _limits(rules: CarRules, house: House, days: Days) -> tuple[str, ...]:
    """What the rules say about rentals of these days, a sentence each."""
    told = [season_limit_words(season) for season in limiting(rules, house, days)]
    minimum = rules.rates.minimum_days
    if minimum > 1:
        told.insert(0, ngettext("Rented for at least {number} day.", "Rented for at least {number} days.", minimum).format(number=minimum))
    notice = first_of(book_of(rules, house).of(Notice), days.start)
    return (*told, *notice_words(notice)) if notice else tuple(told)


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
