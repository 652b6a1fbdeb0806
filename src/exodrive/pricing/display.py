"""Rates of other currencies, to look at prices in: the browser works them out, and what is charged stays in the fleet's currency."""

import re
from decimal import Decimal

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
