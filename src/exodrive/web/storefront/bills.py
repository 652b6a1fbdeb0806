"""Prices as the shop's pages show them: the same lines on the car page, in checkout, on the booking and on the receipt."""

from decimal import Decimal

import msgspec

from exodrive.pricing.model import Price
from exodrive.pricing.terms_words import distance_words, excess_words, released_by
from exodrive.pricing.words import due_rows, explained, money, short_money


class Row(msgspec.Struct, frozen=True):
    """One line: what it is for, how much, and why it is there."""

    words: str
    amount: str
    why: str = ""


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A whole price in words. ``due`` has what is paid now and what later, nothing when all is paid at once; ``due_now`` is the first.

    ``deposit`` is empty when there is none, ``released_by`` the day by which it is released; ``distance`` is empty when driving is not
    limited, ``excess`` when nothing is said of it. ``exact`` and ``currency`` are the total for who counts on.
    """

    rows: tuple[Row, ...]
    total: str
    due: tuple[tuple[str, str], ...]
    due_now: str
    deposit: str
    released_by: str
    distance: str
    excess: str
    exact: Decimal
    currency: str


def bill_of(price: Price) -> Bill:
    """Return a price as it is shown."""
    currency = price.inputs.currency
    return Bill(
        rows=tuple(Row(*row) for row in explained(price)),
        total=money(price.total, currency),
        due=tuple(due_rows(price)),
        due_now=money(price.due_now, currency),
        deposit=short_money(price.deposit, currency) if price.deposit else "",
        released_by=released_by(price.inputs.end),
        distance=distance_words(price.inputs),
        excess=excess_words(price.inputs),
        exact=price.total,
        currency=currency,
    )
