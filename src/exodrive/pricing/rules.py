"""Price rules as values: what a car and the house charge at a moment, and how they become the engine's inputs."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.ids import CarId
from exodrive.pricing import choosing
from exodrive.pricing.book import EMPTY, Book, read, together
from exodrive.pricing.choices import NOTHING, Choices, JourneyNotOffered, NotOffered
from exodrive.pricing.kinds import Allowance, Collection, Delivery, Distance, Season, Tax
from exodrive.pricing.model import Charge, Fee, Inputs, LineKind, Rates, Reason
from exodrive.pricing.seasons import rates_of

__all__ = [
    "CarRules",
    "Choices",
    "House",
    "JourneyNotOffered",
    "NotOffered",
    "allowance_on",
    "book_of",
    "house_of",
    "inputs_of",
    "journey_fee",
    "sales_tax",
]

House: TypeAlias = Book
house_of = read


class CarRules(msgspec.Struct, frozen=True):
    """What one car charges, with the distance it includes; ``own`` are the rules for it and for its category."""

    car_id: CarId
    rates: Rates
    fees: tuple[Fee, ...]
    included_distance_per_day: int | None
    price_per_extra_distance: Decimal | None
    distance_unit: str
    own: Book = EMPTY


def book_of(car: CarRules, house: House) -> Book:
    """Return all rules that count for a car."""
    return together(car.own, house, car.rates.currency)


def inputs_of(
    car: CarRules, house: House, days: Days, *, delivery: bool = False, collection: bool = False, choices: Choices = NOTHING
) -> Inputs:
    """Return the engine's inputs for a car on these days with what was chosen; raises JourneyNotOffered and NotOffered."""
    if delivery or collection:
        choices = msgspec.structs.replace(choices, delivery=delivery or choices.delivery, collection=collection or choices.collection)
    book, day = book_of(car, house), days.start
    waiver = choosing.waiver_of(book, day, choices)
    allowance = allowance_on(car, house, day)
    return Inputs(
        car_id=car.car_id,
        start=day,
        end=days.end,
        currency=car.rates.currency,
        rates=rates_of(car.rates, book.of(Season), days),
        discount=choosing.discount_of(book, days),
        charges=(*map(_own_fee, car.fees), *choosing.charges_of(book, days, choices)),
        taxes=choosing.taxes_of(book, day),
        part=choosing.part_of(book, day, choices.today) if choices.part_payment else None,
        deposit=car.rates.deposit,
        included_distance=allowance.in_all(len(days)),
        price_per_extra_distance=allowance.each_further,
        distance_unit=car.distance_unit,
        excess=waiver.excess if waiver else None,
    )


def _own_fee(fee: Fee) -> Charge:
    return Charge(kind=LineKind.FEE, reason=Reason.MANDATORY_FEE, name=fee.name, amount=fee.amount, per=fee.per, taxable=fee.taxable)


def allowance_on(car: CarRules, house: House, day: date) -> Allowance:
    """Return what driving a rental that begins on a day includes: by the first rule that counts then, else by the car's own words."""
    rule = choosing.first_of(book_of(car, house).of(Distance), day)
    return rule.allowance if rule else Allowance(car.included_distance_per_day, None, car.price_per_extra_distance)


def journey_fee(car: CarRules, house: House, kind: type[Delivery] | type[Collection]) -> Decimal | None:
    """Return the least that delivery or collection costs for a car; None where we do not offer it."""
    return min((rule.amount for rule in book_of(car, house).of(kind)), default=None)


def sales_tax(car: CarRules, house: House) -> tuple[str, Decimal]:
    """Return the name and percentage of the first tax that is one; empty and zero without."""
    percentages = (rule for rule in book_of(car, house).of(Tax) if rule.percent is not None)
    return next(((rule.name, rule.percent or Decimal(0)) for rule in percentages), ("", Decimal(0)))
