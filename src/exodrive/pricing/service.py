"""Verbs of pricing: the inputs of a price from our rows only, and what single days cost."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.errors import NotFound
from exodrive.kit.ids import CarId
from exodrive.kit.words import _
from exodrive.pricing import store
from exodrive.pricing.model import Inputs, Rates
from exodrive.pricing.rules import inputs_of


class NoPrice(NotFound):
    """The car has no price, or is not shown: it cannot be rented."""

    code = "no-price"

    def __init__(self) -> None:
        super().__init__(_("This car has no price yet and cannot be booked online. Please contact us."))


async def inputs_for(db: Db, car_id: CarId, days: Days, *, delivery: bool = False, collection: bool = False) -> Inputs:
    """Return the engine's inputs from the rules in force, in one query; raises NoPrice and JourneyNotOffered."""
    rules = await store.rules_in_force(db, car_id)
    if rules is None:
        raise NoPrice
    return inputs_of(*rules, days, delivery=delivery, collection=collection)


def day_prices(rates: Rates, days: Iterable[date]) -> dict[date, Decimal]:
    """Return what each day costs by itself, before weekend packages, fees and tax; in the rates' currency."""
    return dict.fromkeys(days, rates.base_price)
