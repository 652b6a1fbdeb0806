"""Cars and places as each role may read them."""

from datetime import time
from decimal import Decimal

import asyncpg
import pytest

from exodrive.fleet import store
from exodrive.fleet.model import Hours
from tests.garage import new_car, new_place


@pytest.mark.parametrize("role", ["anon", "checkout", "service"])
async def test_a_car_is_found_by_slug_and_by_id_with_its_zone(doors, role):
    made = await new_car(doors, time_zone="Europe/Berlin", seats=5, turnaround_days=1, price_per_extra_distance=Decimal("2.50"))
    async with getattr(doors, role)().scope() as db:
        by_slug, by_id = await store.car_by_slug(db, made.slug), await store.car_by_id(db, made.id)
    assert by_slug == by_id
    assert (by_id.id, by_id.time_zone, by_id.seats, by_id.turnaround_days) == (made.id, "Europe/Berlin", 5, 1)
    assert by_id.price_per_extra_distance == Decimal("2.50")


async def test_the_shop_window_shows_cars_in_order_and_no_hidden_ones(doors):
    last, first, hidden = (
        await new_car(doors, sort_order=2001),
        await new_car(doors, sort_order=2000),
        await new_car(doors, hidden=True),
    )
    async with doors.anon().scope() as db:
        shown = [car.id for car in await store.shown_cars(db)]
        assert await store.car_by_id(db, hidden.id) is None
    assert hidden.id not in shown
    assert shown.index(first.id) < shown.index(last.id)


async def test_the_shop_cannot_read_a_plate(doors):
    made = await new_car(doors, plate="SECRET 1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with doors.anon().scope() as db:
            await db.fetchval("select plate from cars where id = $1", made.id)


async def test_a_place_comes_with_its_hours_in_order(doors):
    place = await new_place(doors, {6: (time(9), time(18)), 1: (time(8), time(20))}, latitude=Decimal("25.7628"))
    async with doors.anon().scope() as db:
        found = await store.location_by_id(db, place)
    assert found.hours == (Hours(1, time(8), time(20)), Hours(6, time(9), time(18)))
    assert (found.latitude, found.is_active) == (Decimal("25.762800"), True)


async def test_places_out_of_use_are_not_offered(doors):
    used, unused = await new_place(doors), await new_place(doors, is_active=False)
    async with doors.anon().scope() as db:
        offered = {place.id for place in await store.active_locations(db)}
    assert used in offered
    assert unused not in offered
