"""Price rules by kind: what each says, whom it counts for, and which of two comes first."""

from typing import TypeAlias

from exodrive.pricing.kinds.asked import (
    AdditionalDriver,
    AfterHours,
    Area,
    Collection,
    Delivery,
    Extra,
    Journey,
    OneWay,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.kinds.base import Counted, Rank, Rule, RuleKind
from exodrive.pricing.kinds.rental import Allowance, Distance, LengthDiscount, MandatoryFee, Notice, PartPayment, Season, Tax

__all__ = [
    "AdditionalDriver",
    "AfterHours",
    "Allowance",
    "AnyRule",
    "Area",
    "Collection",
    "Counted",
    "Delivery",
    "Distance",
    "Extra",
    "Journey",
    "LengthDiscount",
    "MandatoryFee",
    "Notice",
    "OneWay",
    "PartPayment",
    "Rank",
    "Rule",
    "RuleKind",
    "Season",
    "Tax",
    "Waiver",
    "YoungDriver",
]

AnyRule: TypeAlias = (
    Season
    | LengthDiscount
    | Notice
    | Delivery
    | Collection
    | AfterHours
    | OneWay
    | AdditionalDriver
    | YoungDriver
    | Extra
    | MandatoryFee
    | Waiver
    | Tax
    | PartPayment
    | Distance
)
