"""Prices and days in words, in the present language: sentences for price lines, money, and ranges of days."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, format_currency, format_decimal, format_percent, parse_pattern

from exodrive.kit import words
from exodrive.kit.days import Days
from exodrive.kit.words import _, ngettext
from exodrive.pricing.model import Inputs, Line, LineKind, Price


def money(amount: Decimal, currency: str) -> str:
    """Return an exact amount: ``$1,290.00``; ``¥1,290`` where the currency has no decimals."""
    return _money(amount, currency, words.locale())


def short_money(amount: Decimal, currency: str) -> str:
    """Return an amount for headlines and lists, without decimals where they are zero: ``$1,290``, but ``$1,290.50``."""
    return _whole(amount, currency, words.locale()) if amount == int(amount) else money(amount, currency)


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


@lru_cache(maxsize=4096)
def _whole(amount: Decimal, currency: str, locale: str) -> str:
    text: str = _whole_pattern(locale).apply(amount, locale, currency=currency, currency_digits=False)
    return text


@lru_cache(maxsize=32)
def _whole_pattern(locale: str) -> NumberPattern:
    """The locale's own way to write money, told to leave the decimals away."""
    pattern = parse_pattern(Locale.parse(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (0, 0)
    return pattern


def days_range(days: Days) -> str:
    """Return ``Fri, Jun 5 – Sun, Jun 7``, with the year where it is not one and the same, or one day's date."""
    return _range(days.start, days.end, words.locale())


@lru_cache(maxsize=4096)
def _range(start: date, end: date, locale: str) -> str:
    skeleton = "MMMEd" if start.year == end.year else "yMMMEd"
    return format_interval(start, end, skeleton, locale=locale)


def day(value: date, form: str = "full") -> str:
    """Return a date in one of the locale's forms: full, long, medium, short."""
    return format_date(value, form, locale=words.locale())


def day_count(number: int) -> str:
    """Return ``1 day`` or ``3 days``."""
    return ngettext("{number} day", "{number} days", number).format(number=number)


def line_words(line: Line, currency: str) -> str:
    """Return the sentence of a price line: ``3 days × $1,290``, ``Weekend package, Fri, Jun 5 – Sun, Jun 7``."""
    unit = short_money(line.unit, currency)
    if line.kind is LineKind.DAYS:
        return _times(line.quantity, unit)
    if line.kind is LineKind.WEEKEND and line.first and line.last:
        return _("Weekend package, {days}").format(days=days_range(Days(line.first, line.last)))
    if line.kind is LineKind.FEE:
        return _("{fee}, {times}").format(fee=line.text, times=_times(line.quantity, unit)) if line.quantity > 1 else line.text
    return {LineKind.DELIVERY: _("Delivery to your address"), LineKind.COLLECTION: _("Collection from your address")}.get(
        line.kind, line.text
    )


def _times(quantity: int, unit: str) -> str:
    return ngettext("{number} day × {price}", "{number} days × {price}", quantity).format(number=quantity, price=unit)


_WHY = {
    LineKind.DAYS: lambda: _("The car's price for each day that is not part of a weekend package."),
    LineKind.WEEKEND: lambda: _("A full Friday, Saturday and Sunday cost less together than three single days."),
    LineKind.FEE: lambda: _("Part of every rental of this car."),
    LineKind.DELIVERY: lambda: _("You asked us to bring the car to you."),
    LineKind.COLLECTION: lambda: _("You asked us to fetch the car from you."),
}


def why(line: Line) -> str:
    """Return why a line is there, in one sentence."""
    return _WHY[line.kind]()


def tax_words(inputs: Inputs) -> str:
    """Return the tax with its percentage: ``Sales tax, 7%``."""
    percent = format_percent(inputs.tax_percent.normalize() / 100, locale=words.locale(), decimal_quantization=False)
    return _("{tax}, {percent}").format(tax=inputs.tax_name or _("Tax"), percent=percent)


def distance_words(inputs: Inputs) -> str:
    """Return what driving is included: ``450 mi included, then $3.50 per mi``; empty when it is not limited."""
    if inputs.included_distance_per_day is None:
        return ""
    included = format_decimal(inputs.included_distance_per_day * len(inputs.days), locale=words.locale())
    told = _("{distance} {unit} included").format(distance=included, unit=inputs.distance_unit)
    if inputs.price_per_extra_distance is None:
        return told
    price = money(inputs.price_per_extra_distance, inputs.currency)
    return _("{included}, then {price} per {unit}").format(included=told, price=price, unit=inputs.distance_unit)


def price_rows(price: Price) -> list[tuple[str, str]]:
    """Return what stands in every price table: each line, the tax where there is one, as words and exact amount."""
    currency = price.inputs.currency
    rows = [(line_words(line, currency), money(line.amount, currency)) for line in price.lines]
    if price.tax:
        rows.append((tax_words(price.inputs), money(price.tax, currency)))
    return rows
