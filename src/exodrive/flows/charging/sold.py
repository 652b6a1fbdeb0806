"""What was sold, as far as charges come from it: read from the price that was frozen, never from today's rules."""

from collections.abc import Collection
from decimal import Decimal

from exodrive.charges.model import Sold
from exodrive.kit.money import round_money
from exodrive.pricing.model import AnyInputs, InputsV1, LineKind, Price

_DAYS = frozenset({LineKind.DAYS, LineKind.WEEKEND})


def sold_of(price: Price) -> Sold:
    """Return what charges come from: a day's price and a day of the cover on average, the distance, and the percentages of tax."""
    inputs = price.inputs
    return Sold(
        currency=inputs.currency,
        day=_a_day(price, _DAYS),
        cover=_a_day(price, {LineKind.WAIVER}),
        included=inputs.included_distance,
        each_further=inputs.price_per_extra_distance,
        unit=inputs.distance_unit,
        taxes=_taxes(inputs),
    )


def _a_day(price: Price, kinds: Collection[LineKind]) -> Decimal:
    charged = sum((line.amount for line in price.lines if line.kind in kinds), Decimal(0))
    return round_money(charged / len(price.inputs.days), price.inputs.currency)


def _taxes(inputs: AnyInputs) -> tuple[Decimal, ...]:
    """The percentages that days were taxed with; taxes of so much a day were paid with the rental."""
    if isinstance(inputs, InputsV1):
        return (inputs.tax_percent,) if inputs.tax_percent else ()
    return tuple(levy.percent for levy in inputs.taxes if levy.percent is not None and (not levy.on or LineKind.DAYS in levy.on))
