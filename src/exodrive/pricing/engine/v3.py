"""Version 3 of the price engine: version 2 for a rental to which days were added later that keep a price of their own.

The days it was sold with are priced as version 2 prices them, by ``rates`` and ``discount``; each run of added days by rates and a discount
of its own. Charges by the day count all days, taxes and parts are worked out on the whole, and everything is rounded as version 2 does.
Published: never change what this file computes. A new rule is a new version.
"""

from collections.abc import Iterator

import msgspec

from exodrive.pricing.engine import v2
from exodrive.pricing.model import Added, ExtendedInputs, Line, LineKind, Price, Reason

VERSION = 3


def price(inputs: ExtendedInputs) -> Price:
    """Return the price of these inputs: the same to the cent whenever it is asked."""
    added = (line for run in inputs.added for line in _lines(inputs, run))
    return v2.price_with(inputs, (*v2.rental(inputs), *added))


def _lines(inputs: ExtendedInputs, run: Added) -> Iterator[Line]:
    for line in v2.rental(msgspec.structs.replace(inputs, rates=run.rates, discount=run.discount)):
        is_plain = line.kind is LineKind.DAYS and line.reason is Reason.BASE_PRICE
        yield msgspec.structs.replace(line, reason=Reason.ADDED_DAYS) if is_plain else line
