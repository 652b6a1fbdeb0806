"""The fleet as cards."""

from datetime import date
from decimal import Decimal

import pytest

from exodrive.availability.service import Obstacle
from exodrive.kit.days import Days
from exodrive.overview.shop import cards
from exodrive.pricing import engine
from exodrive.pricing.service import inputs_for
from tests.garage import insert, new_car
from tests.overview.conftest import TODAY

AHEAD = Days(date(2026, 6, 12), date(2026, 6, 14))


async def by_slug(shop, days=None):
    async with shop.anon().scope() as db:
        return {card.slug: card for card in await cards(db, days)}


async def test_eight_cars_are_shown_in_the_operators_order(shop):
    async with shop.anon().scope() as db:
        shown = [card.slug for card in await cards(db) if not card.slug.startswith("car-")]
    assert shown[:3] == ["averno-v10", "calvane-gt", "lumira-e"]
    assert len(shown) == 8


async def test_a_card_has_what_a_list_shows(shop):
    card = (await by_slug(shop))["averno-v10"]
    assert (card.name, card.category, card.year, card.seats, card.featured) == ("Averno V10", "Supercar", 2025, 2, True)
    assert (card.picture.path, card.picture.width, card.picture.height) == ("fleet/averno-v10-side", 1200, 480)
    assert card.highlights == (("Power", "640 hp"), ("0–60 mph", "2.9 s"), ("Top speed", "206 mph"))
    assert (card.rates.currency, card.rates.base_price, card.rates.deposit) == ("USD", Decimal(1290), Decimal(7500))
    assert (card.price, card.free, card.obstacles) == (None, None, ())


async def test_with_days_every_card_has_the_price_of_the_till(shop):
    shown = await by_slug(shop, AHEAD)
    async with shop.anon().scope() as db:
        for card in shown.values():
            assert card.price == engine.price(await inputs_for(db, card.car_id, AHEAD))


async def test_with_days_a_card_says_whether_the_car_is_free_and_why_not(shop):
    car = await new_car(shop, turnaround_days=1, price={"minimum_days": 2})
    async with shop.service().scope() as db:
        for day in (5, 20):
            await insert(db, "car_availability", car_id=car.id, date=date(2026, 8, day), status="maintenance")
    told = {
        "2026-08-05..06": (False, (Obstacle.TAKEN,)),
        "2026-08-06..07": (True, ()),
        "2026-08-03..04": (False, (Obstacle.TURNAROUND,)),
        "2026-08-02..03": (True, ()),
        "2026-08-18..19": (False, (Obstacle.TURNAROUND,)),
        "2026-08-10": (False, (Obstacle.TOO_SHORT,)),
        "2026-08-20": (False, (Obstacle.TAKEN, Obstacle.TOO_SHORT)),
    }
    for days, (free, obstacles) in told.items():
        card = (await by_slug(shop, Days.parse(days)))[car.slug]
        assert (days, card.free, card.obstacles) == (days, free, obstacles)


async def test_a_car_that_is_not_rented_at_present_is_shown_and_says_so(shop):
    car = await new_car(shop, available=False)
    card = (await by_slug(shop, AHEAD))[car.slug]
    assert (card.available, card.free, card.obstacles) == (False, False, (Obstacle.NOT_RENTED,))


async def test_a_car_without_a_picture_is_shown_and_a_hidden_one_is_not(shop):
    plain, hidden = await new_car(shop), await new_car(shop, hidden=True)
    shown = await by_slug(shop)
    assert shown[plain.slug].picture is None
    assert hidden.slug not in shown


@pytest.mark.parametrize("days", [None, AHEAD])
async def test_all_cards_take_one_round_trip(shop, days):
    async with shop.anon().scope() as db:
        asked = []
        db.add_query_logger(lambda record: asked.append(record.query))
        await cards(db, days)
    assert len([text for text in asked if text.lstrip().startswith("select")]) == 1


async def test_within_two_weeks_every_demo_car_can_be_had_for_six_days(shop):
    free = set()
    for ahead in range(1, 9):
        start = date.fromordinal(TODAY.toordinal() + ahead)
        shown = await by_slug(shop, Days(start, date.fromordinal(start.toordinal() + 4)))
        free |= {slug for slug, card in shown.items() if card.free}
    assert len({slug for slug in free if not slug.startswith("car-")}) == 8
