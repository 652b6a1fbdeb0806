"""What all price rules have, and their order.

A rule counts for one car, for a category, or for the house. Of two rules about the same thing the one with the higher ``priority`` comes
first; at the same priority the car's own comes before its category's, and that before the house's. Two rules of the same rank that could
meet on one rental are refused when they are saved (`clashes`).

A rule with dates counts for rentals that begin on one of them; a season counts for each of its days instead.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

import msgspec

from exodrive.kit.ids import CarId
from exodrive.pricing.lines import Per

Rank: TypeAlias = tuple[int, int]


class RuleKind(StrEnum):
    """The kinds, as the table names them."""

    SEASON = "season"
    LENGTH = "length"
    NOTICE = "notice"
    DELIVERY = "delivery"
    COLLECTION = "collection"
    AFTER_HOURS = "after_hours"
    ONE_WAY = "one_way"
    ADDITIONAL_DRIVER = "additional_driver"
    YOUNG_DRIVER = "young_driver"
    EXTRA = "extra"
    FEE = "fee"
    WAIVER = "waiver"
    TAX = "tax"
    PART_PAYMENT = "part_payment"
    DISTANCE = "distance"


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What all rules have. ``code`` is what tells an extra, waiver, fee, tax or zone from others of its kind, and stays when its price
    changes; other kinds have none. Amounts are in ``currency`` and count for cars priced in it.
    """

    coded: ClassVar[bool] = False

    name: str
    code: str = ""
    car_id: CarId | None = None
    category: str | None = None
    priority: int = 0
    first: date | None = None
    last: date | None = None
    currency: str | None = None
    taxable: bool = True

    @property
    def kind(self) -> RuleKind:
        """The kind, by the struct's own tag."""
        return RuleKind(str(self.__struct_config__.tag))

    @property
    def rank(self) -> Rank:
        """Its place in the order: the greater comes first."""
        return self.priority, 2 if self.car_id else 1 if self.category else 0

    @property
    def key(self) -> str:
        """What it is about, in one word that the database can compare: of the same kind, key and rank there is one on any day."""
        return self.code if self.coded else ""

    def covers(self, day: date) -> bool:
        """Tell whether a day lies in its dates; without dates every day does."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def meets(self, other: Any) -> bool:
        """Tell whether one choice could call for both this and another of the same kind, rank and days."""
        return bool(self.key == other.key)


class Counted(Rule, frozen=True, kw_only=True):
    """An amount for each piece, per rental or per day, for ``capped_days`` days at most."""

    amount: Decimal
    per: Per = "rental"
    capped_days: int | None = None
