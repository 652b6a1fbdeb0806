"""A car's calendar by months."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from exodrive.availability.model import Reason
from exodrive.fleet.service import UnknownCar
from exodrive.kit import words
from exodrive.overview.shop import DayState, calendar
from exodrive.pricing.kinds import Notice, Season
from tests.garage import insert, new_car, new_rules
from tests.overview.conftest import NOW, TODAY


async def months(shop, slug, **more):
    async with shop.anon().scope() as db:
        return await calendar(db, slug, **({"now": NOW, "furthest_day_days": 365} | more))


def days_of(month):
    return [day for week in month.weeks for day in week if day]


async def test_two_months_begin_with_this_one(shop):
    found = await months(shop, "averno-v10")
    assert [(month.first, month.title) for month in found.months] == [
        (date(2026, 6, 1), "June 2026"),
        (date(2026, 7, 1), "July 2026"),
    ]
    assert (found.today, found.currency, found.minimum_days) == (TODAY, "USD", 1)
    assert [day.date.day for day in days_of(found.months[0])] == list(range(1, 31))
    assert all(len(week) == 7 for month in found.months for week in month.weeks)


async def test_days_are_past_taken_free_or_too_far_ahead_and_each_has_its_price(shop):
    car = await new_car(shop)
    async with shop.service().scope() as db:
        await insert(db, "car_availability", car_id=car.id, date=date(2026, 6, 10), status="maintenance")
        await insert(db, "car_availability", car_id=car.id, date=date(2026, 6, 1), status="blocked")
    found = await months(shop, car.slug, furthest_day_days=30)
    june, july = ({day.date.day: day for day in days_of(month)} for month in found.months)
    assert (june[1].state, june[2].state, june[3].state) == (DayState.PAST, DayState.PAST, DayState.FREE)
    assert june[1].reason is None
    assert (june[10].state, june[10].reason) == (DayState.TAKEN, Reason.SERVICE)
    assert (july[3].state, july[4].state) == (DayState.FREE, DayState.BEYOND)
    assert {day.price for day in june.values()} == {Decimal(1000)}


async def test_the_week_begins_as_the_language_has_it(shop):
    american = await months(shop, "averno-v10", count=1)
    assert american.weekdays[0] == ("Sun", "Sunday")
    # 1 June 2026 is a Monday.
    assert american.months[0].weeks[0][0] is None
    assert american.months[0].weeks[0][1].date == date(2026, 6, 1)
    words.use("de_DE")
    german = await months(shop, "averno-v10", count=1)
    words.use(words.DEFAULT)
    assert german.weekdays[0] == ("Mo.", "Montag")
    assert (german.months[0].title, german.months[0].weeks[0][0].date) == ("Juni 2026", date(2026, 6, 1))


async def test_pages_turn_between_today_and_the_furthest_day(shop):
    first = await months(shop, "averno-v10")
    assert (first.earlier, first.later) == (None, date(2026, 7, 1))
    middle = await months(shop, "averno-v10", first=date(2026, 9, 17))
    assert (middle.months[0].first, middle.earlier, middle.later) == (date(2026, 9, 1), date(2026, 8, 1), date(2026, 10, 1))
    last = await months(shop, "averno-v10", first=date(2027, 5, 1))
    assert (last.earlier, last.later) == (date(2027, 4, 1), None)


@pytest.mark.parametrize(("asked", "shown"), [(date(1, 1, 1), date(2026, 6, 1)), (date(9999, 12, 31), date(2027, 6, 1))])
async def test_months_out_of_reach_show_the_nearest(shop, asked, shown):
    assert (await months(shop, "averno-v10", first=asked)).months[0].first == shown


@pytest.mark.parametrize(
    ("zone", "now", "today"),
    [
        ("Pacific/Auckland", datetime(2026, 6, 30, 13, tzinfo=UTC), date(2026, 7, 1)),
        ("Pacific/Honolulu", datetime(2026, 7, 1, 5, tzinfo=UTC), date(2026, 6, 30)),
        # Midnight of the day the clocks change in New York.
        ("America/New_York", datetime(2026, 3, 8, 4, 59, tzinfo=UTC), date(2026, 3, 7)),
        ("America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC), date(2026, 3, 8)),
    ],
)
async def test_today_is_today_at_the_cars_home_and_can_be_seen(shop, zone, now, today):
    car = await new_car(shop, time_zone=zone)
    found = await months(shop, car.slug, now=now)
    assert found.today == today
    shown = {day.date: day.state for month in found.months for day in days_of(month)}
    assert shown[today] is DayState.FREE
    assert shown.get(today - timedelta(days=1), DayState.PAST) is DayState.PAST
    assert found.earlier is None


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Pacific/Auckland", datetime(2026, 6, 30, 13, tzinfo=UTC), date(2026, 8, 31)),
        ("Pacific/Honolulu", datetime(2026, 7, 1, 5, tzinfo=UTC), date(2026, 6, 30)),
    ],
)
async def test_taken_days_are_known_in_every_month_shown_wherever_the_car_is(shop, zone, now, day):
    car = await new_car(shop, time_zone=zone)
    async with shop.service().scope() as db:
        await insert(db, "car_availability", car_id=car.id, date=day, status="maintenance")
    found = await months(shop, car.slug, now=now)
    assert [each.date for month in found.months for each in days_of(month) if each.state is DayState.TAKEN] == [day]


def weekends(found):
    """What full weekends cost together, by their days."""
    return {day.date: day.weekend for month in found.months for day in days_of(month) if day.weekend is not None}


async def test_full_weekends_that_cost_less_together_are_flagged_with_their_price(shop):
    car = await new_car(shop, price={"weekend_price": Decimal(2400)})
    dates = {"first": date(2026, 6, 15), "last": date(2026, 7, 4), "car_id": car.id}
    fair = Season(name="Fair", amount=Decimal(1500), weekend=Decimal(3900), currency="USD", **dates)
    await new_rules(shop, fair, Notice(name="Notice", hours=72, car_id=car.id))
    async with shop.service().scope() as db:
        await insert(db, "car_availability", car_id=car.id, date=date(2026, 6, 13), status="maintenance")
    found = weekends(await months(shop, car.slug))
    fridays = {day: price for day, price in found.items() if day.weekday() == 4}
    # Before come one too soon and one with a taken day; the one of July 3 is cut by the end of the season.
    assert fridays == {
        date(2026, 6, 19): 3900, date(2026, 6, 26): 3900, date(2026, 7, 10): 2400, date(2026, 7, 17): 2400, date(2026, 7, 24): 2400,
        date(2026, 7, 31): 2400,
    }  # fmt: skip
    assert found == {day: price for friday, price in fridays.items() for day in three(friday) if day < date(2026, 8, 1)}
    assert weekends(await months(shop, car.slug, first=date(2026, 8, 1)))[date(2026, 8, 2)] == 2400


def three(friday):
    return [friday + timedelta(days=number) for number in range(3)]


async def test_a_package_that_saves_nothing_or_is_not_open_yet_is_no_weekend(shop):
    dear = await new_car(shop, price={"weekend_price": Decimal(3000)})
    assert weekends(await months(shop, dear.slug)) == {}
    car = await new_car(shop, price={"weekend_price": Decimal(2999)})
    assert not (await months(shop, dear.slug)).has_weekends
    near = weekends(await months(shop, car.slug, furthest_day_days=10))  # until Saturday, June 13
    assert near == dict.fromkeys(three(date(2026, 6, 5)), 2999)


async def test_a_leap_day_is_in_the_calendar(shop):
    found = await months(shop, "averno-v10", now=datetime(2028, 2, 1, 12, tzinfo=UTC), count=1)
    assert [day.date.day for day in days_of(found.months[0])][-1] == 29


async def test_an_unknown_car_has_no_calendar(shop):
    with pytest.raises(UnknownCar):
        await months(shop, "no-such-car")
