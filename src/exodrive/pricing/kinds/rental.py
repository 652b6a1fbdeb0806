"""Rules of the rental itself: what its days cost, how long it may be, what is included, what is taxed, and when it is paid."""

from datetime import time
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from exodrive.pricing.kinds.base import Counted, Rule
from exodrive.pricing.lines import LineKind


class Season(Rule, frozen=True, kw_only=True, tag="season"):
    """What a day and a weekend package cost (``amount``, ``weekend``), and how short or long a rental may be, on some dates or always.

    ``percent`` instead of an amount: 130 makes dearer by 30 % what the day would cost by the next rule, or by the car's own price.
    """

    amount: Decimal | None = None
    weekend: Decimal | None = None
    percent: Decimal | None = None
    minimum_days: int | None = None
    maximum_days: int | None = None

    @property
    def prices(self) -> bool:
        """Whether it says what a day costs."""
        return self.amount is not None or self.percent is not None


class LengthDiscount(Rule, frozen=True, kw_only=True, tag="length"):
    """Every day and package costs ``percent`` less when the rental has that many ``days``; of all that are reached the best counts."""

    days: int
    percent: Decimal

    @property
    def key(self) -> str:
        """Its threshold."""
        return str(self.days)

    def meets(self, other: Any) -> bool:
        """Two discounts compete only from the same length on; of different ones the best is taken."""
        return bool(self.days == other.days)


class Notice(Rule, frozen=True, kw_only=True, tag="notice"):
    """How long before the pick-up a booking is made at the latest: so many hours; and for the same day before the hour ``cutoff``."""

    hours: int = 0
    cutoff: time | None = None


class MandatoryFee(Counted, frozen=True, kw_only=True, tag="fee"):
    """Part of every rental."""

    coded: ClassVar[bool] = True


class Tax(Rule, frozen=True, kw_only=True, tag="tax"):
    """``percent`` of the taxable lines (of the kinds in ``on``, or of all), or an ``amount`` a day for ``capped_days`` at most.

    ``taxable`` says of a fixed tax that the percentages are taken of it too.
    """

    coded: ClassVar[bool] = True

    percent: Decimal | None = None
    amount: Decimal | None = None
    capped_days: int | None = None
    on: tuple[LineKind, ...] = ()


class PartPayment(Rule, frozen=True, kw_only=True, tag="part_payment"):
    """So many ``percent`` of the total are paid with the booking, the rest ``days_before`` the pick-up."""

    percent: Decimal
    days_before: int


class Allowance(msgspec.Struct, frozen=True):
    """What driving is included, by the day and by the rental (neither: no limit), and what each further mile or kilometre costs."""

    per_day: int | None
    per_rental: int | None
    each_further: Decimal | None

    def in_all(self, days: int) -> int | None:
        """Return what a rental of so many days includes; None for no limit."""
        parts = [part for part in (self.per_rental, self.per_day and self.per_day * days) if part is not None]
        return sum(parts) if parts else None


class Distance(Rule, frozen=True, kw_only=True, tag="distance"):
    """What driving a rental includes, ``per_day`` or ``per_rental`` (neither: no limit), and what each further one costs (``amount``)."""

    amount: Decimal | None = None
    per_day: int | None = None
    per_rental: int | None = None

    @property
    def allowance(self) -> Allowance:
        """What it includes."""
        return Allowance(self.per_day, self.per_rental, self.amount)
