"""A car in the shop window for each test, and renters who come from networks of their own."""

import itertools
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page

from exodrive.kit.ids import LocationId, new_id
from tests import garage
from tests.garage import MadeCar
from tests.product import Stack
from tests.shop import WIDE, NewRenter, Shop, ShownCar, next_month

_networks = itertools.count(1)
_places = itertools.count(-1, -1)


async def _show(stack: Stack, slug_of_pictures: str, name: str, **changes: Any) -> MadeCar:
    made = await garage.new_car(stack.doors, name=name, category="Supercar", colour="red", description="Built for this test.", **changes)
    sizes = {"side": (1200, 480), "front": (1280, 720), "rear": (1280, 720)}
    async with stack.doors.service().scope() as db:
        for number, (view, (width, height)) in enumerate(sizes.items()):
            path = f"fleet/{slug_of_pictures}-{view if view == 'side' else view + '34'}"
            about = {"alt": f"{name}, {view}", "width": width, "height": height, "transparent": view == "side", "is_primary": True}
            await garage.insert(db, "car_images", id=new_id(), car_id=made.id, view=view, path=path, sort_order=number, **about)
        for number, (figure, value) in enumerate((("Power", "640 hp"), ("Top speed", "206 mph"), ("Drive", "Rear-wheel drive"))):
            rows = {"name": figure, "value": value, "is_highlighted": number < 2, "sort_order": number}
            await garage.insert(db, "car_specifications", id=new_id(), car_id=made.id, **rows)
        await garage.insert(db, "car_features", id=new_id(), car_id=made.id, name="Front axle lift")
    return made


@pytest.fixture(scope="session")
async def house(stack: Stack) -> LocationId:
    """Delivery, collection and tax are offered, at one place of ours."""
    await garage.house_rules(stack.doors)
    return await garage.new_place(stack.doors)


@pytest.fixture
async def car(stack: Stack, house: LocationId) -> ShownCar:
    """A car for $1,000 a day and $2,400 a weekend, free on all days, and before all others in the shop window.

    The places that other tests left behind are closed: a page with hundreds of them is nobody's, and takes a browser long.
    """
    async with stack.doors.service().scope() as db:
        await db.execute("update locations set is_active = id = $1 where is_active is distinct from (id = $1)", house)
    name = f"Averno {uuid4().hex[:6]}"
    fees = [{"name": "Preparation", "amount": Decimal(90), "per": "rental"}]
    shown: dict[str, Any] = {"featured": True, "sort_order": next(_places), "fees": fees, "price": {"weekend_price": Decimal(2400)}}
    return ShownCar(await _show(stack, "averno-v10", name, home_location_id=house, **shown), name, next_month())


@pytest.fixture
async def renter(stack: Stack, new_page: Callable[..., Awaitable[Page]]) -> NewRenter:
    """Open the shop as somebody new: a fresh browser context from a network of its own."""

    async def come(**options: Any) -> Shop:
        options = {"viewport": WIDE, "reduced_motion": "reduce", "locale": "en-US", "timezone_id": "America/New_York"} | options
        network = f"198.51.{100 + next(_networks) // 250}.{next(_networks) % 250 + 1}"
        page = await new_page(base_url=stack.url, extra_http_headers={"X-Forwarded-For": network}, **options)
        return Shop(page, stack, touches=options.get("has_touch", False))

    return come
