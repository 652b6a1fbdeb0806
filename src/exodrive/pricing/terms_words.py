"""The terms of a rental in words: what driving it includes, and what the renter bears of a damage, when the deposit is back."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from babel.lists import format_list
from babel.numbers import format_decimal

from exodrive.kit import words
from exodrive.kit.words import _
from exodrive.pricing.allowances import Run
from exodrive.pricing.kinds import Allowance
from exodrive.pricing.model import AnyInputs, InputsV1
from exodrive.pricing.words import day, money, short_money

_RELEASE = timedelta(days=3)  # after the return, as the rental terms promise


def distance_words(inputs: AnyInputs) -> str:
    """Return what driving is included: ``450 mi included, then $3.50 per mi``; empty when it is not limited."""
    if inputs.included_distance is None:
        return ""
    unit = inputs.distance_unit
    told = _("{distance} {unit} included").format(distance=_number(inputs.included_distance), unit=unit)
    return _with_further(told, inputs.price_per_extra_distance, inputs.currency, unit)


def allowance_words(allowance: Allowance, currency: str, unit: str) -> str:
    """Return what driving is included before any days are chosen: ``120 mi a day included, then $3.50 per mi``."""
    parts = []
    if allowance.per_rental is not None:
        parts.append(_("{distance} {unit} a rental").format(distance=_number(allowance.per_rental), unit=unit))
    if allowance.per_day is not None:
        parts.append(_("{distance} {unit} a day").format(distance=_number(allowance.per_day), unit=unit))
    if not parts:
        return _("not limited")
    told = _("{distances} included").format(distances=format_list(parts, locale=words.locale()))
    return _with_further(told, allowance.each_further, currency, unit)


def allowances_words(runs: Sequence[Run], currency: str, unit: str) -> list[str]:
    """Return what driving is included on the days ahead, in a sentence for each run of days; nothing where it is never limited."""
    if all(run.allowance.in_all(1) is None for run in runs):
        return []
    told = [(run, allowance_words(run.allowance, currency, unit)) for run in runs]
    if len(runs) == 1:
        return [said for _run, said in told]
    return [_("Rentals that begin {when}: {included}").format(when=_when(run, runs[0]), included=said) for run, said in told]


def _when(run: Run, present: Run) -> str:
    if run.last is None:
        return _("from {first} on").format(first=day(run.first, "medium"))
    if run is present:
        return _("until {last}").format(last=day(run.last, "medium"))
    return _("from {first} to {last}").format(first=day(run.first, "medium"), last=day(run.last, "medium"))


def _with_further(included: str, price: Decimal | None, currency: str, unit: str) -> str:
    if price is None:
        return included
    return _("{included}, then {price} per {unit}").format(included=included, price=money(price, currency), unit=unit)


def _number(number: int) -> str:
    return format_decimal(number, locale=words.locale())


def excess_words(inputs: AnyInputs) -> str:
    """Return what the renter bears of a damage; empty where nothing is said of it."""
    if isinstance(inputs, InputsV1) or inputs.excess is None:
        return ""
    if not inputs.excess:
        return _("You bear nothing of a damage that is covered.")
    return _("Of a damage that is covered you bear {amount} at most.").format(amount=short_money(inputs.excess, inputs.currency))


def released_by(returned: date) -> str:
    """Return the day by which a deposit is released at the latest when nothing is claimed, in words."""
    return day(returned + _RELEASE, "long")
