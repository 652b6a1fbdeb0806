"""Which driving is included when: the days ahead in runs on which the same counts."""

from datetime import date
from itertools import pairwise

import msgspec

from exodrive.kit.days import ONE_DAY, Days
from exodrive.pricing.kinds import Allowance, Distance
from exodrive.pricing.rules import CarRules, House, allowance_on, book_of


class Run(msgspec.Struct, frozen=True):
    """What rentals that begin on some days include. ``last`` is None where nothing after these days is different."""

    first: date
    last: date | None
    allowance: Allowance


def runs_of(car: CarRules, house: House, ahead: Days) -> tuple[Run, ...]:
    """Return what rentals that begin on the days ahead include, in the order of the days; mostly that is one run."""
    rules = book_of(car, house).of(Distance)
    cuts = {rule.first for rule in rules if rule.first} | {rule.last + ONE_DAY for rule in rules if rule.last}
    begins = [ahead.start, *sorted(cut for cut in cuts if ahead.start < cut <= ahead.end)]
    found = [(day, allowance_on(car, house, day)) for day in begins]
    found = [entry for number, entry in enumerate(found) if not number or entry[1] != found[number - 1][1]]
    ends: list[date | None] = [after[0] - ONE_DAY for _before, after in pairwise(found)]
    return tuple(Run(first, last, allowance) for (first, allowance), last in zip(found, [*ends, None], strict=True))
