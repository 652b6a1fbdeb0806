"""Prices as the shop's pages show them: the same lines on the car page, in checkout, on the booking and on the receipt."""

import msgspec

from exodrive.pricing.model import Price
from exodrive.pricing.words import distance_words, line_words, money, short_money, tax_words, why


class Row(msgspec.Struct, frozen=True):
    """One line: what it is for, how much, and why it is there."""

    words: str
    amount: str
    why: str = ""


class Bill(msgspec.Struct, frozen=True):
    """A whole price in words; ``deposit`` is empty when there is none, ``distance`` when driving is not limited."""

    rows: tuple[Row, ...]
    total: str
    deposit: str
    distance: str


def bill_of(price: Price) -> Bill:
    """Return a price as it is shown."""
    currency = price.inputs.currency
    rows = [Row(line_words(line, currency), money(line.amount, currency), why(line)) for line in price.lines]
    if price.tax:
        rows.append(Row(tax_words(price.inputs), money(price.tax, currency)))
    deposit = short_money(price.deposit, currency) if price.deposit else ""
    return Bill(tuple(rows), money(price.total, currency), deposit, distance_words(price.inputs))
