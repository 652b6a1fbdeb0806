"""Inputs from our own rows, read as the roles that need them."""

from decimal import Decimal

import pytest

from exodrive.kit.days import Days
from exodrive.kit.ids import CarId, new_id
from exodrive.pricing import engine, service
from exodrive.pricing.model import Fee, Rates
from tests.garage import house_rules, new_car

DAYS = Days.parse("2026-06-01..03")


@pytest.fixture(scope="module")
async def house(doors):
    return await house_rules(doors)


@pytest.mark.parametrize("role", ["anon", "checkout", "service"])
async def test_a_price_comes_from_our_rows(doors, house, role):
    fees = [
        {"name": "Cleaning", "amount": Decimal("145.50"), "per": "rental"},
        {"name": "Tolls", "amount": Decimal("12.50"), "per": "day", "is_taxable": False},
        {"name": "Child seat", "amount": Decimal(30), "is_optional": True},
    ]
    price = {"base_price": Decimal("1290.10"), "weekend_price": Decimal(2990), "deposit_amount": Decimal(7500)}
    car = await new_car(doors, price=price, fees=fees, included_distance_per_day=120, price_per_extra_distance=Decimal("4.5"))
    async with getattr(doors, role)().scope() as db:
        found = await service.inputs_for(db, car.id, DAYS, delivery=True)
    assert (found.base_price, found.weekend_price, found.deposit) == (Decimal("1290.10"), Decimal(2990), Decimal(7500))
    assert found.fees == (Fee("Cleaning", Decimal("145.50"), "rental", True), Fee("Tolls", Decimal("12.50"), "day", False))
    assert (found.delivery_fee, found.collection_fee, found.tax_percent) == (house["delivery"], None, house["tax"])
    assert (found.car_id, found.days, found.included_distance_per_day) == (car.id, DAYS, 120)
    assert engine.price(found).lines


async def test_a_currency_without_decimals_is_priced_without(doors, house):
    car = await new_car(doors, price={"currency": "JPY", "base_price": Decimal(150000)})
    async with doors.anon().scope() as db:
        found = engine.price(await service.inputs_for(db, car.id, DAYS))
    assert str(found.lines[0].amount) == "450000"
    assert found.total == found.total.to_integral_value()


async def test_a_car_that_is_unknown_or_hidden_has_no_price(doors):
    hidden = await new_car(doors, hidden=True)
    for car_id in (hidden.id, CarId(new_id())):
        async with doors.anon().scope() as db:
            with pytest.raises(service.NoPrice):
                await service.inputs_for(db, car_id, DAYS)


def test_each_day_costs_the_base_price_by_itself():
    rates = Rates("USD", Decimal(1000), Decimal(2400), Decimal(0), 1)
    assert service.day_prices(rates, DAYS) == dict.fromkeys(DAYS, Decimal(1000))
