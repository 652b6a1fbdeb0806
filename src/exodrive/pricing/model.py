"""Values of a price: what goes into the engine, the lines that come out, and their sums."""

from datetime import date
from decimal import Decimal

import msgspec

from exodrive.pricing.inputs import Added, AnyInputs, Charge, ExtendedInputs, Fee, Inputs, InputsV1, Levy, PartPayment, Rate
from exodrive.pricing.lines import Discount, Line, LineKind, Per, Reason, TaxLine

__all__ = [
    "Added",
    "AnyInputs",
    "Charge",
    "Discount",
    "ExtendedInputs",
    "Fee",
    "Inputs",
    "InputsV1",
    "Levy",
    "Line",
    "LineKind",
    "PartPayment",
    "Per",
    "Price",
    "Rate",
    "Rates",
    "Reason",
    "TaxLine",
]


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole price: ``total`` is ``subtotal`` (the sum of the lines) plus ``tax`` (the sum of ``taxes``); ``deposit`` stands apart.

    ``due_later`` is the part of the total that is paid until ``due_on``; the first engine knew neither, and named its one tax in its
    inputs.
    """

    inputs: AnyInputs
    lines: tuple[Line, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    deposit: Decimal
    taxes: tuple[TaxLine, ...] = ()
    due_later: Decimal = Decimal(0)
    due_on: date | None = None

    @property
    def due_now(self) -> Decimal:
        """What is paid with the booking."""
        return self.total - self.due_later


class Rates(msgspec.Struct, frozen=True):
    """What a car costs by its own rules, before any days are chosen."""

    currency: str
    base_price: Decimal
    weekend_price: Decimal | None
    deposit: Decimal
    minimum_days: int
