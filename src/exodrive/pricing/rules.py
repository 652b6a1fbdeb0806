"""Price rules as values: what a car and the house charge at a moment, and how they become the engine's inputs."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.errors import Conflict
from exodrive.kit.ids import CarId
from exodrive.kit.words import _
from exodrive.pricing.engine import CURRENT
from exodrive.pricing.model import Fee, Inputs, Rates


class JourneyNotOffered(Conflict):
    """Delivery or collection was asked for, and there is no rule for it in the car's currency."""

    code = "journey-not-offered"

    def __init__(self) -> None:
        super().__init__(_("We do not bring this car to an address. Please choose one of our places."))


class HouseRule(msgspec.Struct, frozen=True):
    """A rule that prices every car: an amount in a currency (delivery, collection), or a percentage (tax)."""

    kind: Literal["delivery", "collection", "tax"]
    name: str
    amount: Decimal | None
    percent: Decimal | None
    currency: str | None
    taxable: bool


class CarRules(msgspec.Struct, frozen=True):
    """What one car charges, with the distance it includes."""

    car_id: CarId
    rates: Rates
    fees: tuple[Fee, ...]
    included_distance_per_day: int | None
    price_per_extra_distance: Decimal | None
    distance_unit: str


House = dict[str, HouseRule]


def house_of(rows: Iterable[Iterable[Any]]) -> House:
    """Return the rules of the house by kind, from their columns."""
    rules = (HouseRule(*row) for row in rows)
    return {rule.kind: rule for rule in rules}


def inputs_of(car: CarRules, house: House, days: Days, *, delivery: bool = False, collection: bool = False) -> Inputs:
    """Return the engine's inputs for a car on these days, by today's engine; raises JourneyNotOffered."""
    currency = car.rates.currency
    tax = house.get("tax")
    to_address = _journey(house, "delivery", currency) if delivery else None
    from_address = _journey(house, "collection", currency) if collection else None
    return Inputs(
        engine=CURRENT,
        car_id=car.car_id,
        start=days.start,
        end=days.end,
        currency=currency,
        base_price=car.rates.base_price,
        weekend_price=car.rates.weekend_price,
        fees=car.fees,
        delivery_fee=to_address.amount if to_address else None,
        delivery_taxable=to_address.taxable if to_address else True,
        collection_fee=from_address.amount if from_address else None,
        collection_taxable=from_address.taxable if from_address else True,
        tax_percent=(tax.percent if tax else None) or Decimal(0),
        tax_name=tax.name if tax else "",
        deposit=car.rates.deposit,
        included_distance_per_day=car.included_distance_per_day,
        price_per_extra_distance=car.price_per_extra_distance,
        distance_unit=car.distance_unit,
    )


def _journey(house: House, kind: str, currency: str) -> HouseRule:
    rule = house.get(kind)
    if rule is None or rule.currency != currency:
        raise JourneyNotOffered
    return rule
