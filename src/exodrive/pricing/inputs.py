"""What decides a price, frozen as values: the rules' amounts, never their ids, so that it can be made again years later."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.ids import CarId
from exodrive.pricing.lines import Discount, LineKind, Per, Reason


class Fee(msgspec.Struct, frozen=True):
    """A mandatory fee of a car, by its operator's name for it."""

    name: str
    amount: Decimal
    per: Per
    taxable: bool


class InputsV1(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="engine", tag=1):
    """What the first engine worked with; kept for the prices it made.

    ``start`` and ``end`` are calendar days at the car's home, both included. Amounts are in ``currency``; ``tax_percent`` is 7 for 7 %.
    ``delivery_fee`` and ``collection_fee`` are None when not asked for. ``deposit`` is held, never part of the total. Distances are told,
    not charged here.
    """

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
    def engine(self) -> int:
        """The version these inputs are for."""
        return 1

    @property
    def days(self) -> Days:
        """The days of the rental."""
        return Days(self.start, self.end)

    @property
    def included_distance(self) -> int | None:
        """The distance that the whole rental includes; None for no limit."""
        return self.included_distance_per_day and self.included_distance_per_day * len(self.days)


class Rate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run of days at one price: the car's own, or a season's by its ``name``; ``percent`` of both prices where the season says so."""

    first: date
    last: date
    base: Decimal
    weekend: Decimal | None = None
    percent: Decimal | None = None
    name: str = ""


class Charge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something charged beside the days: so many pieces, each per rental or per day, for ``capped_days`` days at most."""

    kind: LineKind
    reason: Reason
    name: str
    amount: Decimal
    per: Per = "rental"
    pieces: int = 1
    capped_days: int | None = None
    taxable: bool = True
    code: str = ""


class Levy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tax: ``percent`` of the taxable lines (of the kinds in ``on``, or of all), or ``amount`` for each day, for some days at most.

    A fixed tax that is itself ``taxable`` is part of what the percentages are taken of, whatever kinds these are on.
    """

    name: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    capped_days: int | None = None
    taxable: bool = False
    on: tuple[LineKind, ...] = ()


class PartPayment(msgspec.Struct, frozen=True):
    """So many percent of the total are paid now, the rest until the day ``due``."""

    percent: Decimal
    due: date


class Inputs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="engine", tag=2):
    """What today's engine works with. Days are calendar days at the car's home, both included; amounts are in ``currency``.

    ``rates`` cover every day of the rental once, in order. ``deposit`` is held, never part of the total; ``included_distance`` is for the
    whole rental, None for no limit; ``excess`` is what the renter bears of a damage, None where nothing is said of it.
    """

    car_id: CarId
    start: date
    end: date
    currency: str
    rates: tuple[Rate, ...]
    discount: Discount | None = None
    charges: tuple[Charge, ...] = ()
    taxes: tuple[Levy, ...] = ()
    part: PartPayment | None = None
    deposit: Decimal = Decimal(0)
    included_distance: int | None = None
    price_per_extra_distance: Decimal | None = None
    distance_unit: str = "mi"
    excess: Decimal | None = None

    @property
    def engine(self) -> int:
        """The version these inputs are for."""
        return 2

    @property
    def days(self) -> Days:
        """The days of the rental."""
        return Days(self.start, self.end)

    @property
    def delivery_fee(self) -> Decimal | None:
        """What bringing the car costs; None when not asked for."""
        return self._charged(LineKind.DELIVERY)

    @property
    def collection_fee(self) -> Decimal | None:
        """What fetching the car costs; None when not asked for."""
        return self._charged(LineKind.COLLECTION)

    def _charged(self, kind: LineKind) -> Decimal | None:
        return next((charge.amount for charge in self.charges if charge.kind is kind), None)


class Added(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Days that were added to a rental one after the other, at rates and with a length discount of their own."""

    rates: tuple[Rate, ...]
    discount: Discount | None = None

    @property
    def days(self) -> Days:
        """The days that were added."""
        return Days(self.rates[0].first, self.rates[-1].last)


class ExtendedInputs(Inputs, frozen=True, kw_only=True, omit_defaults=True, tag_field="engine", tag=3):
    """What the engine works with for a rental to which days were ``added`` at a price of their own.

    ``rates`` and ``discount`` are those of the days before them; ``rates`` and ``added`` together cover every day once, in order.
    """

    added: tuple[Added, ...]

    @property
    def engine(self) -> int:
        """The version these inputs are for."""
        return 3


AnyInputs: TypeAlias = InputsV1 | Inputs | ExtendedInputs
