"""Values of a price: what goes into the engine, the lines that come out, and their sums."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.ids import CarId


class LineKind(StrEnum):
    """What a line charges for; its words are made when it is shown."""

    DAYS = "days"
    WEEKEND = "weekend"
    FEE = "fee"
    DELIVERY = "delivery"
    COLLECTION = "collection"


class Reason(StrEnum):
    """Why a line is there: the rule that made it."""

    BASE_PRICE = "base_price"
    WEEKEND_PACKAGE = "weekend_package"
    MANDATORY_FEE = "mandatory_fee"
    ASKED_FOR = "asked_for"


class Fee(msgspec.Struct, frozen=True):
    """A mandatory fee of a car, by its operator's name for it."""

    name: str
    amount: Decimal
    per: Literal["rental", "day"]
    taxable: bool


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides a price, as values: the rules' amounts, never their ids, so that the price can be made again years later.

    ``start`` and ``end`` are calendar days at the car's home, both included. Amounts are in ``currency``; ``tax_percent`` is 7 for 7 %.
    ``delivery_fee`` and ``collection_fee`` are None when not asked for. ``deposit`` is held, never part of the total. Distances are told,
    not charged here.
    """

    engine: int
    car_id: CarId
    start: date
    end: date
    currency: str
    base_price: Decimal
    weekend_price: Decimal | None = None
    fees: tuple[Fee, ...] = ()
    delivery_fee: Decimal | None = None
    delivery_taxable: bool = True
    collection_fee: Decimal | None = None
    collection_taxable: bool = True
    tax_percent: Decimal = Decimal(0)
    tax_name: str = ""
    deposit: Decimal = Decimal(0)
    included_distance_per_day: int | None = None
    price_per_extra_distance: Decimal | None = None
    distance_unit: str = "mi"

    @property
    def days(self) -> Days:
        """The days of the rental."""
        return Days(self.start, self.end)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a price: ``quantity`` times ``unit`` is ``amount``, rounded to the currency's smallest unit.

    ``text`` is the operator's own name (fees), else empty; ``first`` and ``last`` are the days of a weekend package.
    """

    kind: LineKind
    reason: Reason
    quantity: int
    unit: Decimal
    amount: Decimal
    taxable: bool = True
    text: str = ""
    first: date | None = None
    last: date | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A whole price: ``total`` is ``subtotal`` (the sum of the lines) plus ``tax``; ``deposit`` stands apart."""

    inputs: Inputs
    lines: tuple[Line, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    deposit: Decimal


class Rates(msgspec.Struct, frozen=True):
    """What a car costs by its own rules, before any days are chosen."""

    currency: str
    base_price: Decimal
    weekend_price: Decimal | None
    deposit: Decimal
    minimum_days: int
