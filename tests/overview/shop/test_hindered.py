"""What the price rules have against some days: in the search, on a car, in its calendar."""

from datetime import date, time, timedelta
from decimal import Decimal

from exodrive.availability.service import Obstacle
from exodrive.kit.days import Days
from exodrive.overview.shop import DayState, Wanted, calendar, look, search
from exodrive.pricing.kinds import Notice, Season
from exodrive.pricing.limits import HindranceKind
from tests.garage import new_car, new_rules
from tests.overview.conftest import NOW, TODAY

AHEAD = Days(date(2026, 9, 1), date(2026, 9, 3))


async def looked(shop, car, days):
    async with shop.anon().scope() as db:
        return await look(db, car.id, days, now=NOW, longest_rental_days=30, furthest_day_days=365)


async def card_of(shop, car, days):
    async with shop.anon().scope() as db:
        found = await search(db, Wanted(days=days), now=NOW, furthest_day_days=540, longest_rental_days=30, page=1000)
    return next(card for card in found.cards if card.slug == car.slug)


async def test_a_search_says_which_limit_keeps_a_car_from_being_had(shop):
    car = await new_car(shop)
    await new_rules(shop, Season(name="Summer", minimum_days=4, first=AHEAD.start, last=AHEAD.end, car_id=car.id))
    card = await card_of(shop, car, AHEAD)
    assert (card.free, card.obstacles) == (False, (Obstacle.TOO_SHORT,))
    assert card.nearest[0] == Days(AHEAD.start, AHEAD.end + timedelta(days=1))
    assert [(limit.kind, limit.days, limit.rule) for limit in card.limits] == [(HindranceKind.TOO_SHORT, 4, "Summer")]
    assert (await card_of(shop, car, Days(AHEAD.start, AHEAD.end + timedelta(days=1)))).free


async def test_after_the_cut_off_today_is_too_soon_and_tomorrow_is_near(shop):
    car = await new_car(shop)
    await new_rules(shop, Notice(name="Cut-off", cutoff=time(11), car_id=car.id))
    found = await looked(shop, car, Days(TODAY, TODAY))
    assert (found.obstacles, found.nearest[0]) == ((Obstacle.TOO_SOON,), Days(TODAY + timedelta(days=1), TODAY + timedelta(days=1)))
    assert (await card_of(shop, car, Days(TODAY, TODAY))).obstacles == (Obstacle.TOO_SOON,)
    assert (await looked(shop, car, found.nearest[0])).bookable


async def test_a_calendar_has_season_prices_days_too_soon_and_says_its_limits(shop):
    car = await new_car(shop, price={"minimum_days": 2})
    dates = {"first": date(2026, 6, 10), "last": date(2026, 6, 12)}
    await new_rules(
        shop,
        Season(name="Fair", percent=Decimal(150), maximum_days=3, car_id=car.id, **dates),
        Notice(name="Notice", hours=36, car_id=car.id),
    )
    async with shop.anon().scope() as db:
        shown = await calendar(db, car.slug, now=NOW, furthest_day_days=365)
    days = {day.date: day for month in shown.months for week in month.weeks for day in week if day}
    assert [days[date(2026, 6, number)].price for number in (9, 10, 12, 13)] == [1000, 1500, 1500, 1000]
    states = [days[date(2026, 6, number)].state for number in (2, 3, 4, 5)]
    assert states == [DayState.PAST, DayState.SOON, DayState.SOON, DayState.FREE]
    assert shown.limits == (
        "Rented for at least 2 days.",
        "Fair, Jun 10\u2009–\u200912: 3 days at most",
        "Book 36 hours before the pick-up at the latest.",
    )
