"""The terms of a rental in words: what driving it includes, and what the renter bears of a damage, when the deposit is back."""

from datetime import date, timedelta

from babel.numbers import format_decimal

from exodrive.kit import words
from exodrive.kit.words import _
from exodrive.pricing.model import AnyInputs, InputsV1
from exodrive.pricing.words import day, money, short_money

_RELEASE = timedelta(days=3)  # after the return, as the rental terms promise


def distance_words(inputs: AnyInputs) -> str:
    """Return what driving is included: ``450 mi included, then $3.50 per mi``; empty when it is not limited."""
    if inputs.included_distance is None:
        return ""
    included = format_decimal(inputs.included_distance, locale=words.locale())
    told = _("{distance} {unit} included").format(distance=included, unit=inputs.distance_unit)
    if inputs.price_per_extra_distance is None:
        return told
    price = money(inputs.price_per_extra_distance, inputs.currency)
    return _("{included}, then {price} per {unit}").format(included=told, price=price, unit=inputs.distance_unit)


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
