"""Prices and days in words, in the present language: sentences for price lines, money, and ranges of days."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, format_currency, format_percent, parse_pattern

from exodrive.kit import words
from exodrive.kit.days import Days
from exodrive.kit.words import _, ngettext
from exodrive.pricing.model import AnyInputs, InputsV1, Line, LineKind, Price, Reason, TaxLine


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
    return _day(value, form, words.locale())


@lru_cache(maxsize=4096)
def _day(value: date, form: str, locale: str) -> str:
    return format_date(value, form, locale=locale)


def day_count(number: int) -> str:
    """Return ``1 day`` or ``3 days``."""
    return ngettext("{number} day", "{number} days", number).format(number=number)


def coded_lines(price: Price) -> Iterator[tuple[Line, str]]:
    """Yield each line of a price with the code of what it charges for: of an extra its own, of a late hour its side; else empty."""
    charges = () if isinstance(price.inputs, InputsV1) else price.inputs.charges
    codes = [""] * (len(price.lines) - len(charges)) + [charge.code for charge in charges]
    return zip(price.lines, codes, strict=True)


def line_words(line: Line, currency: str, code: str = "") -> str:
    """Return the sentence of a price line, with the code of what it charges for.

    ``3 days × $1,290``, ``Weekend package, Fri, Jun 5 – Sun, Jun 7``, ``Child seat, 2 × $40``, ``Late hour, at the return``.
    """
    if line.kind is LineKind.DAYS:
        return _named(line, _times(line.quantity, short_money(line.unit, currency)))
    if line.kind is LineKind.WEEKEND and line.first and line.last:
        return _weekend(line.text, days_range(Days(line.first, line.last)))
    if line.kind is LineKind.AFTER_HOURS and code in _SIDES:
        return _SIDES[code]().format(name=_name(line))
    if line.quantity > 1:
        return _("{name}, {times}").format(name=_name(line), times=_pieces(line, short_money(line.unit, currency)))
    return _name(line)


_NAMES = {
    LineKind.DELIVERY: lambda: _("Delivery to your address"),
    LineKind.COLLECTION: lambda: _("Collection from your address"),
}


_SIDES = {
    "pickup": lambda: _("{name}, at the pick-up"),
    "return": lambda: _("{name}, at the return"),
}


def _weekend(season: str, days: str) -> str:
    if season:
        return _("{season}, weekend package, {days}").format(season=season, days=days)
    return _("Weekend package, {days}").format(days=days)


def _name(line: Line) -> str:
    """What a line is called: the operator's word, but ours for what we do."""
    ours = _NAMES.get(line.kind)
    return ours() if ours else line.text


def _named(line: Line, words: str) -> str:
    return _("{season}, {times}").format(season=line.text, times=words) if line.text else words


def _pieces(line: Line, unit: str) -> str:
    """Return ``3 days × $12``, ``2 × $40`` or ``2 × 3 days × $12``."""
    if line.pieces == 1:
        return _times(line.quantity, unit)
    if line.per == "day":
        unit = _times(line.quantity // line.pieces, unit)
    return _("{number} × {price}").format(number=line.pieces, price=unit)


def _times(quantity: int, unit: str) -> str:
    return ngettext("{number} day × {price}", "{number} days × {price}", quantity).format(number=quantity, price=unit)


_WHY = {
    LineKind.DAYS: lambda: _("The car's price for each day that is not part of a weekend package."),
    LineKind.WEEKEND: lambda: _("A full Friday, Saturday and Sunday cost less together than three single days."),
    LineKind.FEE: lambda: _("Part of every rental of this car."),
    LineKind.DELIVERY: lambda: _("You asked us to bring the car to you."),
    LineKind.COLLECTION: lambda: _("You asked us to fetch the car from you."),
    LineKind.AFTER_HOURS: lambda: _("The hour you chose lies outside our usual hours."),
    LineKind.ONE_WAY: lambda: _("You bring the car back to another of our places."),
    LineKind.ADDITIONAL_DRIVER: lambda: _("You asked for somebody else to drive as well."),
    LineKind.YOUNG_DRIVER: lambda: _("Counts for drivers of this age on the day of the pick-up."),
    LineKind.EXTRA: lambda: _("You asked for it."),
    LineKind.WAIVER: lambda: _("You chose this cover."),
}


def why(line: Line) -> str:
    """Return why a line is there, in a sentence or two: the rule behind it, and what the rental's length makes it cheaper by."""
    told = []
    if line.kind in (LineKind.DAYS, LineKind.WEEKEND) and line.text:
        told.append(_("The price of these days: {season}.").format(season=line.text))
    if line.reason is Reason.ADDED_DAYS:
        told.append(_("Days that were added to the rental later, at a price of their own."))
    elif line.reason is not Reason.SEASON:
        told.append(_WHY[line.kind]())
    if line.discount is not None:
        less = _("From {days} days on, {percent} less: {name}.")
        told.append(less.format(days=line.discount.days, percent=percent_words(line.discount.percent), name=line.discount.name))
    return " ".join(told)


def tax_why() -> str:
    """Return why a tax is there."""
    return _("We pass this on to the authorities.")


def tax_words(inputs: AnyInputs) -> str:
    """Return the tax with its percentage: ``Sales tax, 7%``; ``Taxes`` where there are several."""
    if isinstance(inputs, InputsV1):
        return _tax(inputs.tax_name, inputs.tax_percent)
    percent = inputs.taxes[0].percent if len(inputs.taxes) == 1 else None
    return _("Taxes") if percent is None else _tax(inputs.taxes[0].name, percent)


def _tax(name: str, percent: Decimal) -> str:
    return _("{tax}, {percent}").format(tax=name or _("Tax"), percent=percent_words(percent))


def percent_words(percent: Decimal) -> str:
    """Return ``7%`` or ``6.25%``."""
    return _percent(percent, words.locale())


@lru_cache(maxsize=256)
def _percent(percent: Decimal, locale: str) -> str:
    return format_percent(percent.normalize() / 100, locale=locale, decimal_quantization=False)


def tax_rows(price: Price) -> list[tuple[str, str]]:
    """Return every tax of a price as words and exact amount; none that comes to nothing."""
    return [(text, money(amount, price.inputs.currency)) for text, amount in tax_texts(price)]


def tax_texts(price: Price) -> list[tuple[str, Decimal]]:
    """Return every tax of a price as words and amount; none that comes to nothing."""
    if not price.taxes:
        return [(tax_words(price.inputs), price.tax)] if price.tax else []
    return [(_tax_line(tax, price.inputs.currency), tax.amount) for tax in price.taxes if tax.amount]


def _tax_line(tax: TaxLine, currency: str) -> str:
    if tax.percent is not None:
        return _tax(tax.name, tax.percent)
    return _("{name}, {times}").format(name=tax.name, times=_times(tax.quantity, short_money(tax.unit or Decimal(0), currency)))


def due_rows(price: Price) -> list[tuple[str, str]]:
    """Return what is paid now and what later, as words and exact amount; nothing when all is paid at once."""
    if not price.due_later or price.due_on is None:
        return []
    currency = price.inputs.currency
    return [(_("To be paid now"), money(price.due_now, currency)), (due_words(price.due_on), money(price.due_later, currency))]


def due_words(due: date) -> str:
    """Return until when the rest is paid: ``To be paid by June 6, 2026``."""
    return _("To be paid by {day}").format(day=day(due, "long"))


def price_rows(price: Price) -> list[tuple[str, str]]:
    """Return what stands in every price table: each line and each tax, as words and exact amount."""
    currency = price.inputs.currency
    lines = ((line_words(line, currency, code), money(line.amount, currency)) for line, code in coded_lines(price))
    return [*lines, *tax_rows(price)]


def explained(price: Price) -> list[tuple[str, str, str]]:
    """Return the answer to "Why this price?": each line as words, exact amount and reason; taxes have the law for a reason."""
    currency = price.inputs.currency
    lines = [(line_words(line, currency, code), money(line.amount, currency), why(line)) for line, code in coded_lines(price)]
    return lines + [(*row, tax_why()) for row in tax_rows(price)]
