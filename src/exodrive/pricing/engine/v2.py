"""Version 2 of the price engine: seasons, length discounts, charges of every kind, several taxes, part payment.

The rounding rule: a day or a package that a percentage makes cheaper or dearer is rounded half up to the currency's smallest unit, so that
what is shown multiplies to what is charged; then every line is rounded once, after multiplying; then each tax once, on the sum of what it
taxes; then the part that is due now. Nothing else is rounded, so the total is the sum of what is shown.

A weekend package is a full Friday, Saturday and Sunday inside the rental and inside one run of days at the same price. It is used where it
is less than three days. A length discount counts for every day and package of the rental, never for fees or extras.
Published: never change what this file computes. A new rule is a new version.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from exodrive.kit.money import round_money
from exodrive.pricing.model import Charge, Discount, Inputs, Levy, Line, LineKind, Per, Price, Rate, Reason, TaxLine

VERSION = 2
_FRIDAY = 4
_PACKAGE_DAYS = 3
_TWO_DAYS = timedelta(days=2)
_WEEK = timedelta(days=7)
_ZERO = Decimal(0)


def price(inputs: Inputs) -> Price:
    """Return the price of these inputs: the same to the cent whenever it is asked."""
    return price_with(inputs, rental(inputs))


def price_with(inputs: Inputs, days: Iterable[Line]) -> Price:
    """Return the price of these inputs with the lines of its days and packages."""
    lines = (*days, *(_charge(inputs, charge) for charge in inputs.charges))
    subtotal = sum((line.amount for line in lines), _ZERO)
    taxes = tuple(_taxes(inputs, lines))
    total = subtotal + sum((tax.amount for tax in taxes), _ZERO)
    part = inputs.part
    return Price(
        inputs=inputs,
        lines=lines,
        subtotal=subtotal,
        tax=total - subtotal,
        total=total,
        deposit=round_money(inputs.deposit, inputs.currency),
        taxes=taxes,
        due_later=total - round_money(total * part.percent / 100, inputs.currency) if part else _ZERO,
        due_on=part.due if part else None,
    )


def rental(inputs: Inputs) -> Iterator[Line]:
    """Yield the lines of days and packages: runs of days at the same price share their lines, in the order the prices come up."""
    runs: dict[tuple[object, ...], list[Rate]] = {}
    for rate in inputs.rates:
        runs.setdefault((rate.base, rate.weekend, rate.percent, rate.name), []).append(rate)
    for same in runs.values():
        yield from _at_one_price(inputs, same)


def _at_one_price(inputs: Inputs, runs: list[Rate]) -> Iterator[Line]:
    rate, discount = runs[0], inputs.discount
    unit = unit_price(inputs, rate, rate.base)
    fridays = [friday for run in runs for friday in packaged_fridays(inputs, run)]
    plain_days = sum((run.last - run.first).days + 1 for run in runs) - _PACKAGE_DAYS * len(fridays)
    reason = Reason.SEASON if rate.name else Reason.BASE_PRICE
    if plain_days:
        yield _line(inputs, LineKind.DAYS, reason, plain_days, unit, per="day", text=rate.name, discount=discount)
    for friday in fridays:
        package = unit_price(inputs, rate, rate.weekend or _ZERO)
        days = (friday, friday + _TWO_DAYS)
        yield _line(inputs, LineKind.WEEKEND, Reason.WEEKEND_PACKAGE, 1, package, text=rate.name, discount=discount, days=days)


def unit_price(inputs: Inputs, rate: Rate, amount: Decimal) -> Decimal:
    """Return what a day or package costs after the percentages of its season and of the rental's length; exact where there are none."""
    if rate.percent is None and inputs.discount is None:
        return amount
    if rate.percent is not None:
        amount = amount * rate.percent / 100
    if inputs.discount is not None:
        amount = amount * (100 - inputs.discount.percent) / 100
    return round_money(amount, inputs.currency)


def packaged_fridays(inputs: Inputs, rate: Rate) -> Iterator[date]:
    """Yield the Friday of each weekend of a run of days that is cheaper as a package than as three days."""
    if rate.weekend is None:
        return
    if unit_price(inputs, rate, rate.weekend) >= _PACKAGE_DAYS * unit_price(inputs, rate, rate.base):
        return
    friday = rate.first + timedelta(days=(_FRIDAY - rate.first.weekday()) % 7)
    while friday + _TWO_DAYS <= rate.last:
        yield friday
        friday += _WEEK


def _charge(inputs: Inputs, charge: Charge) -> Line:
    times = _days_charged(inputs, charge.capped_days) if charge.per == "day" else 1
    return _line(
        inputs,
        charge.kind,
        charge.reason,
        charge.pieces * times,
        charge.amount,
        per=charge.per,
        pieces=charge.pieces,
        taxable=charge.taxable,
        text=charge.name,
    )


def _days_charged(inputs: Inputs, capped_days: int | None) -> int:
    days = (inputs.end - inputs.start).days + 1
    return days if capped_days is None else min(days, capped_days)


def _taxes(inputs: Inputs, lines: tuple[Line, ...]) -> Iterator[TaxLine]:
    """The fixed taxes first, because a percentage may be taken of them too."""
    taxed = _ZERO
    for levy in inputs.taxes:
        if levy.amount is not None:
            fixed = _fixed(inputs, levy, levy.amount)
            taxed += fixed.amount if levy.taxable else 0
            yield fixed
    for levy in inputs.taxes:
        if levy.percent is not None:
            base = taxed + sum((line.amount for line in lines if line.taxable and (not levy.on or line.kind in levy.on)), _ZERO)
            amount = round_money(base * levy.percent / 100, inputs.currency)
            yield TaxLine(name=levy.name, amount=amount, percent=levy.percent, base=base)


def _fixed(inputs: Inputs, levy: Levy, unit: Decimal) -> TaxLine:
    days = _days_charged(inputs, levy.capped_days)
    return TaxLine(name=levy.name, amount=round_money(days * unit, inputs.currency), quantity=days, unit=unit)


def _line(
    inputs: Inputs,
    kind: LineKind,
    reason: Reason,
    quantity: int,
    unit: Decimal,
    *,
    taxable: bool = True,
    text: str = "",
    per: Per = "rental",
    pieces: int = 1,
    discount: Discount | None = None,
    days: tuple[date, date] | None = None,
) -> Line:
    first, last = days or (None, None)
    return Line(
        kind=kind,
        reason=reason,
        quantity=quantity,
        unit=unit,
        amount=round_money(quantity * unit, inputs.currency),
        taxable=taxable,
        text=text,
        first=first,
        last=last,
        pieces=pieces,
        per=per,
        discount=discount,
    )
