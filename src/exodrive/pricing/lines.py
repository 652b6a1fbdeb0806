"""The lines of a price: what they charge for, why they are there, and what they amount to."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

Per: TypeAlias = Literal["rental", "day"]


class LineKind(StrEnum):
    """What a line charges for; its words are made when it is shown."""

    DAYS = "days"
    WEEKEND = "weekend"
    FEE = "fee"
    DELIVERY = "delivery"
    COLLECTION = "collection"
    AFTER_HOURS = "after_hours"
    ONE_WAY = "one_way"
    ADDITIONAL_DRIVER = "additional_driver"
    YOUNG_DRIVER = "young_driver"
    EXTRA = "extra"
    WAIVER = "waiver"


class Reason(StrEnum):
    """Why a line is there: the rule that made it."""

    BASE_PRICE = "base_price"
    SEASON = "season"
    WEEKEND_PACKAGE = "weekend_package"
    MANDATORY_FEE = "mandatory_fee"
    ASKED_FOR = "asked_for"
    TIME_OF_DAY = "time_of_day"
    OTHER_PLACE = "other_place"
    DRIVER_AGE = "driver_age"
    ADDED_DAYS = "added_days"


class Discount(msgspec.Struct, frozen=True):
    """What a long rental costs less: so many percent from so many days on, by the operator's name for it."""

    days: int
    percent: Decimal
    name: str


# What a booking keeps of a price leaves out what has its default: never change a default here or in `inputs` and `model`.
class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a price: ``quantity`` times ``unit`` is ``amount``, rounded to the currency's smallest unit.

    ``text`` is the operator's own name of the rule behind it, empty for the car's own price. ``quantity`` counts ``pieces`` (child seats,
    drivers) times the days charged where it is ``per`` day. ``unit`` is already less by ``discount``. ``first`` and ``last`` are the days
    of a weekend package.
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
    pieces: int = 1
    per: Per = "rental"
    discount: Discount | None = None


class TaxLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tax of a price: so many percent of ``base``, or ``quantity`` days at ``unit`` each."""

    name: str
    amount: Decimal
    percent: Decimal | None = None
    base: Decimal | None = None
    quantity: int = 0
    unit: Decimal | None = None
