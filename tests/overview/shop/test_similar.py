"""Cars like another: nearest first, the free ones before the others, with the whole price of the days."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.overview.shop import car_page, similar
from exodrive.overview.shop.model import Card
from tests import garage
from tests import servers as embedded
from tests.builders import days_ahead
from tests.garage import MadeCar, new_car


@pytest.fixture
async def doors(servers: Any, worker_number: int) -> AsyncIterator[Doors]:
    """A fleet of one's own."""
    database = await embedded.make_database(servers, f"exodrive_similar{worker_number}")
    doors = await Doors.open(**{login: database.url(login) for login in ("web", "worker")}, pooler=database.servers.pooler, size=2)
    yield doors
    await doors.close()
    await embedded.drop_database(database)


async def like(doors: Doors, car: MadeCar, days: Any = None) -> list[Card]:
    async with doors.anon().scope() as db:
        return await similar(db, await car_page(db, car.slug), days, now=clock.now())


async def test_the_nearest_in_category_price_and_seats_come_first(doors: Doors) -> None:
    car = await new_car(doors, category="Supercar", seats=2)
    far = await new_car(doors, category="Limousine", seats=7, price={"base_price": Decimal(200)}, name="Far")
    seats = await new_car(doors, category="Supercar", seats=4, name="More seats")
    same = await new_car(doors, category="Supercar", seats=2, price={"base_price": Decimal(1100)}, name="Same")
    dear = await new_car(doors, category="Supercar", seats=2, price={"base_price": Decimal(4000)}, name="Dear")
    await new_car(doors, category="Supercar", seats=2, hidden=True)
    await new_car(doors, category="Supercar", seats=2, available=False)
    assert [card.slug for card in await like(doors, car)] == [same.slug, seats.slug, dear.slug]
    assert far.slug in [card.slug for card in await like(doors, dear)] or len(await like(doors, dear)) == 3


async def test_free_cars_come_first_with_the_whole_price_of_the_days(doors: Doors) -> None:
    car, near, other = [await new_car(doors, sort_order=number) for number in range(3)]
    days = days_ahead(20, 2)
    async with doors.service().scope() as db:
        await garage.insert(db, "car_availability", car_id=near.id, date=days.start, status="blocked")
    assert [card.slug for card in await like(doors, car)] == [near.slug, other.slug]
    found = await like(doors, car, days)
    assert [(card.slug, card.free) for card in found] == [(other.slug, True), (near.slug, False)]
    assert found[0].price
    assert found[0].price.total == 2000


async def test_a_car_alone_has_none_like_it(doors: Doors) -> None:
    assert await like(doors, await new_car(doors)) == []


async def test_another_currency_says_nothing_about_the_price(doors: Doors) -> None:
    car = await new_car(doors)
    yen = await new_car(doors, price={"currency": "JPY", "base_price": Decimal(150_000)})
    assert [card.slug for card in await like(doors, car)] == [yen.slug]
