"""One car with everything that is shown of it."""

from decimal import Decimal

import pytest

from exodrive.fleet import store as fleet
from exodrive.fleet.service import UnknownCar
from exodrive.overview.shop import car_page, car_pages
from exodrive.pricing.model import Fee
from tests.garage import new_car


async def test_a_car_page_has_all_of_a_car(shop):
    async with shop.anon().scope() as db:
        page = await car_page(db, "averno-v10")
        assert page.car == await fleet.car_by_slug(db, "averno-v10")
        assert page.home == await fleet.location_by_id(db, page.car.home_location_id)
    assert [image.view for image in page.images] == ["side", "front", "rear"]
    assert page.side.path == "fleet/averno-v10-side"
    assert [entry.name for entry in page.specifications][:3] == ["Power", "0–60 mph", "Top speed"]
    assert len(page.features) == 8
    assert page.fees == (
        Fee("Hand wash and preparation", Decimal(145), "rental", True),
        Fee("Toll pass", Decimal("12.50"), "day", False),
    )
    assert (page.delivery_fee, page.collection_fee, page.tax_percent) == (Decimal(150), Decimal(120), Decimal(7))
    assert (page.rates.base_price, page.rates.weekend_price) == (Decimal(1290), Decimal(2990))


async def test_no_journey_is_offered_in_another_currency(shop):
    car = await new_car(shop, price={"currency": "EUR"})
    async with shop.anon().scope() as db:
        page = await car_page(db, car.slug)
    assert (page.delivery_fee, page.collection_fee, page.side) == (None, None, None)


@pytest.mark.parametrize("role", ["anon", "service"])
async def test_unknown_and_hidden_cars_answer_the_same(shop, role):
    hidden = await new_car(shop, hidden=True)
    async with getattr(shop, role)().scope() as db:
        for slug in (hidden.slug, "no-such-car", ""):
            with pytest.raises(UnknownCar):
                await car_page(db, slug)


async def test_several_cars_come_in_the_order_asked_for_without_those_nobody_sees(shop):
    hidden = await new_car(shop, hidden=True)
    async with shop.anon().scope() as db:
        pages = await car_pages(db, ["lumira-e", hidden.slug, "averno-v10", "no-such-car"])
        assert pages == [await car_page(db, "lumira-e"), await car_page(db, "averno-v10")]
