"""Prices in the renter's own currency, to look at: what is charged stays in the fleet's currency."""

import re
from collections.abc import Mapping
from decimal import Decimal

from exodrive.kit.money import Money, round_money

RateTable = Mapping[str, Decimal]
_RATE = re.compile(r"([A-Z]{3}):(\d{1,9}(?:\.\d{1,9})?)")


def rates(text: str) -> dict[str, Decimal]:
    """Read ``EUR:0.92,JPY:157.3``: how much of each currency is one unit of the fleet's.

    Raises ValueError, with a sentence, for anything else.
    """
    table: dict[str, Decimal] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _RATE.fullmatch(part)
        if found is None or not Decimal(found[2]):
            raise ValueError(f"{part!r} is not a currency and its rate, such as EUR:0.92")
        table[found[1]] = Decimal(found[2])
    return table


def shown_in(price: Money, currency: str, table: RateTable) -> Money | None:
    """Return about how much a price is in another currency, rounded to what that can pay; None without a rate, or for its own currency."""
    rate = table.get(currency)
    if rate is None or currency == price.currency:
        return None
    return Money(round_money(price.amount * rate, currency), currency)
