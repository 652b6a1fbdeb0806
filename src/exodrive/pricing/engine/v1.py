"""Version 1 of the price engine: days, weekend packages, mandatory fees, delivery, one tax.

The rounding rule: every line is rounded half up to the currency's smallest unit, once, after multiplying; tax is worked out once, on the
sum of the taxable lines, and rounded the same way. Nothing else is rounded, so the total is the sum of what is shown.

A weekend package is a full Friday, Saturday and Sunday inside the rental. It costs ``weekend_price`` where that is less than three days.
Published: never change what this file computes. A new rule is a new version.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from exodrive.kit.money import round_money
from exodrive.pricing.model import Fee, InputsV1, Line, LineKind, Price, Reason

VERSION = 1
_FRIDAY = 4
_PACKAGE_DAYS = 3
_TWO_DAYS = timedelta(days=2)


def price(inputs: InputsV1) -> Price:
    """Return the price of these inputs: the same to the cent whenever it is asked."""
    lines = tuple(_lines(inputs))
    subtotal = sum((line.amount for line in lines), Decimal(0))
    taxable = sum((line.amount for line in lines if line.taxable), Decimal(0))
    tax = round_money(taxable * inputs.tax_percent / 100, inputs.currency)
    return Price(
        inputs=inputs,
        lines=lines,
        subtotal=subtotal,
        tax=tax,
        total=subtotal + tax,
        deposit=round_money(inputs.deposit, inputs.currency),
    )


def _lines(inputs: InputsV1) -> Iterator[Line]:
    fridays = list(packaged_fridays(inputs))
    plain_days = len(inputs.days) - _PACKAGE_DAYS * len(fridays)
    if plain_days:
        yield _line(inputs, LineKind.DAYS, Reason.BASE_PRICE, plain_days, inputs.base_price)
    for friday in fridays:
        yield _weekend(inputs, friday)
    for fee in inputs.fees:
        yield _fee(inputs, fee)
    if inputs.delivery_fee is not None:
        yield _line(inputs, LineKind.DELIVERY, Reason.ASKED_FOR, 1, inputs.delivery_fee, taxable=inputs.delivery_taxable)
    if inputs.collection_fee is not None:
        yield _line(inputs, LineKind.COLLECTION, Reason.ASKED_FOR, 1, inputs.collection_fee, taxable=inputs.collection_taxable)


def packaged_fridays(inputs: InputsV1) -> Iterator[date]:
    """Yield the Friday of each weekend that is cheaper as a package than as three days."""
    if inputs.weekend_price is None or inputs.weekend_price >= _PACKAGE_DAYS * inputs.base_price:
        return
    friday = inputs.start + timedelta(days=(_FRIDAY - inputs.start.weekday()) % 7)
    while friday + _TWO_DAYS <= inputs.end:
        yield friday
        friday += timedelta(days=7)


def _weekend(inputs: InputsV1, friday: date) -> Line:
    unit = inputs.weekend_price or Decimal(0)
    return _line(inputs, LineKind.WEEKEND, Reason.WEEKEND_PACKAGE, 1, unit, first=friday, last=friday + _TWO_DAYS)


def _fee(inputs: InputsV1, fee: Fee) -> Line:
    quantity = len(inputs.days) if fee.per == "day" else 1
    return _line(inputs, LineKind.FEE, Reason.MANDATORY_FEE, quantity, fee.amount, taxable=fee.taxable, text=fee.name)


def _line(
    inputs: InputsV1,
    kind: LineKind,
    reason: Reason,
    quantity: int,
    unit: Decimal,
    *,
    taxable: bool = True,
    text: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Line:
    amount = round_money(quantity * unit, inputs.currency)
    return Line(kind=kind, reason=reason, quantity=quantity, unit=unit, amount=amount, taxable=taxable, text=text, first=first, last=last)
