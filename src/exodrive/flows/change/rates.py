"""What the days of a changed rental cost, by one of three tariffs.

``new_total``: the whole rental at the rate of its new length. A day that was sold keeps its price, a day that is new costs what it costs
today, and the length discount is that of all days. ``old_rate``: added days at what a day of the rental cost on average. ``added_days``:
added days like a rental of their own, with the length discount that they reach alone. Days at the last two keep their price whatever
follows, until all days are priced anew by the first.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec

from exodrive.bookings.model import Tariff
from exodrive.flows.checkout.model import Facts
from exodrive.kit.days import ONE_DAY, Days
from exodrive.kit.money import round_money
from exodrive.pricing.lines import Discount, LineKind
from exodrive.pricing.model import Added, ExtendedInputs, Inputs, Price, Rate
from exodrive.pricing.rules import inputs_of

_DAYS = (LineKind.DAYS, LineKind.WEEKEND)


def is_longer(old: Days, new: Days) -> bool:
    """Tell whether days are only added at the end: then there is a tariff to choose."""
    return old.start == new.start and old.end < new.end


def on_other_days(sold: Price, inputs: Inputs, fresh: Inputs, days: Days, facts: Facts, tariff: Tariff) -> Inputs:
    """Return inputs for other days of the same car; ``fresh`` are those of these days by today's rules."""
    is_same_start = inputs.start == days.start
    if is_longer(inputs.days, days) and tariff is not Tariff.NEW_TOTAL:
        rates, discount = inputs.rates, inputs.discount
        added = (*_added(inputs), _of_their_own(sold, inputs, days, facts, tariff))
    elif is_same_start and days.end < inputs.end:
        rates = tuple(_trimmed(inputs.rates, days))
        discount = _best(inputs.discount, fresh.discount, days)
        cut = (msgspec.structs.replace(run, rates=tuple(_trimmed(run.rates, days))) for run in _added(inputs))
        added = tuple(run for run in cut if run.rates)
    else:
        rates, added = tuple(_kept(inputs.rates, fresh.rates, days)), ()
        discount = _best(inputs.discount, fresh.discount, days) if is_same_start else fresh.discount
    told: dict[str, Any] = {"rates": rates, "discount": discount, "start": days.start, "end": days.end}
    told |= {"taxes": inputs.taxes if is_same_start else fresh.taxes}
    told |= {"included_distance": None if inputs.included_distance is None else fresh.included_distance}
    kept = {name: getattr(inputs, name) for name in Inputs.__struct_fields__} | told
    return ExtendedInputs(**kept, added=added) if added else Inputs(**kept)


def _added(inputs: Inputs) -> tuple[Added, ...]:
    return inputs.added if isinstance(inputs, ExtendedInputs) else ()


def _of_their_own(sold: Price, inputs: Inputs, days: Days, facts: Facts, tariff: Tariff) -> Added:
    """The days that are added, at the day price that was sold on average, or like a rental of their own."""
    more = Days(inputs.end + ONE_DAY, days.end)
    if tariff is Tariff.OLD_RATE:
        return Added(rates=(Rate(first=more.start, last=more.end, base=day_price(sold)),))
    alone = inputs_of(facts.rules, facts.house, more)
    return Added(rates=alone.rates, discount=alone.discount)


def day_price(sold: Price) -> Decimal:
    """Return what a day of a rental cost on average, packages and discounts in it, fees and taxes not."""
    charged = sum((line.amount for line in sold.lines if line.kind in _DAYS), Decimal(0))
    return round_money(charged / len(sold.inputs.days), sold.inputs.currency)


def _best(sold: Discount | None, today: Discount | None, days: Days) -> Discount | None:
    """The length discount that was sold where these days still reach it, or today's where that is better."""
    reached = [discount for discount in (sold, today) if discount and discount.days <= len(days)]
    return max(reached, key=lambda discount: (discount.percent, discount.days), default=None)


def _trimmed(rates: Iterable[Rate], days: Days) -> Iterator[Rate]:
    for rate in rates:
        if rate.first <= days.end:
            yield msgspec.structs.replace(rate, last=min(rate.last, days.end))


def _kept(sold: tuple[Rate, ...], today: tuple[Rate, ...], days: Days) -> Iterator[Rate]:
    """Runs of days at one price: as they were sold, and by today's rules where they are new."""
    run: Rate | None = None
    for day in days:
        rate = next(rate for rate in chain(sold, today) if rate.first <= day <= rate.last)
        if run and msgspec.structs.replace(rate, first=run.first, last=run.last) == run:
            run = msgspec.structs.replace(run, last=day)
        else:
            if run:
                yield run
            run = msgspec.structs.replace(rate, first=day, last=day)
    if run:
        yield run
