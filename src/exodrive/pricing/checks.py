"""What a price rule must look like before it is saved: every wrong field with a sentence that says what to do."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from exodrive.kit.errors import BadInput
from exodrive.kit.money import currencies, is_storable, quantum
from exodrive.kit.words import _
from exodrive.pricing.kinds import AfterHours, AnyRule, Extra, Journey, Rule, Season, Tax, Waiver, YoungDriver

R = TypeVar("R", bound=Rule)
Wrong = dict[str, str]
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What each field may be, wherever it stands: the least and the most, both included.
_BOUNDS: dict[str, tuple[Any, Any]] = {
    "priority": (-1000, 1000),
    "amount": (0, Decimal("9999999999.99")),
    "weekend": (0, Decimal("9999999999.99")),
    "excess": (0, Decimal("9999999999.99")),
    "percent": (0, 1000),
    "minimum_days": (1, 366),
    "maximum_days": (1, 366),
    "days": (2, 366),
    "hours": (0, 8760),
    "capped_days": (1, 366),
    "most": (1, 99),
    "stock": (0, 9999),
    "from_age": (16, 99),
    "below_age": (17, 100),
    "days_before": (0, 366),
    "per_day": (1, 100_000),
    "per_rental": (1, 1_000_000),
}
_MONEY = frozenset({"amount", "weekend", "excess"})
# Kinds whose percentage is a part of something: more than nothing, and how much at most.
_PARTS = {"length": 100, "part_payment": 99}


def check(rule: R) -> R:
    """Return a rule as it may be saved; raises BadInput naming every wrong field."""
    try:
        typed = msgspec.convert(msgspec.to_builtins(rule), AnyRule)
    except msgspec.ValidationError as wrong:
        raise BadInput(_("Please check the rule."), fields={"rule": str(wrong)}) from wrong
    fields = dict(reversed([*_all(typed), *_bounds(typed), *_own(typed)]))
    if fields:
        raise BadInput(_("Please check the rule."), fields=fields)
    return rule


def _all(rule: Rule) -> Iterator[tuple[str, str]]:
    if not 0 < len(rule.name.strip()) <= 120:
        yield "name", _("Give the rule a name that renters understand, of 120 letters at most.")
    if rule.code and not (_CODE.fullmatch(rule.code) and len(rule.code) <= 60):
        yield "code", _("Use small letters, digits and hyphens, 60 at most.")
    if rule.car_id and rule.category is not None:
        yield "category", _("Choose one car, or a category, or neither for the whole house.")
    if rule.first and rule.last and rule.last < rule.first:
        yield "last", _("The last day must not be before the first.")
    amount, currency = getattr(rule, "amount", None), rule.currency
    if (amount is None) != (currency is None):
        yield "currency", _("An amount needs its currency, and only an amount has one.")
    if currency is not None and currency not in currencies():
        yield "currency", _("Name a currency of today by its three capital letters, such as USD.")
    elif currency is not None and not is_storable(currency):
        yield (
            "currency",
            _("{currency} has three decimals, and we keep two. Please give prices in another currency.").format(currency=currency),
        )


def _bounds(rule: Rule) -> Iterator[tuple[str, str]]:
    for field in rule.__struct_fields__:
        value, (least, most) = getattr(rule, field), _BOUNDS.get(field, (None, None))
        if value is None or least is None:
            continue
        if not least <= value <= most:
            yield field, _("Enter a number from {least} to {most}.").format(least=least, most=most)
        elif isinstance(value, Decimal) and (wrong := _decimals(rule, field, value)):
            yield field, wrong
    most = _PARTS.get(rule.kind)
    percent = getattr(rule, "percent", None)
    if most and percent is not None and not 0 < percent <= most:
        yield "percent", _("Enter more than 0 and {most} at most.").format(most=most)


def _decimals(rule: Rule, field: str, value: Decimal) -> str:
    """What is wrong with the decimals of a value: of an amount those that its currency does not have; empty when nothing is."""
    smallest = max(quantum(rule.currency or ""), Decimal("0.01")) if field in _MONEY else Decimal("0.0001")
    if value == value.quantize(smallest):
        return ""
    if smallest == 1:
        return _("{currency} has no decimals. Enter a whole amount.").format(currency=rule.currency)
    return _("There are too many decimals.")


def _own(rule: Rule) -> Iterator[tuple[str, str]]:
    """What belongs to one kind."""
    if isinstance(rule, Season):
        yield from _season(rule)
    elif isinstance(rule, Tax) and (rule.percent is None) == (rule.amount is None):
        yield "percent", _("A tax is either a percentage or an amount for each day.")
    elif isinstance(rule, Extra | Waiver) and not rule.key:
        yield "code", _("Give it a short code that stays when its price changes, such as child-seat.")
    elif isinstance(rule, Journey):
        yield from _journey(rule)
    elif isinstance(rule, AfterHours) and rule.since == rule.until:
        yield "until", _("The hours must end at another time than they begin.")
    elif isinstance(rule, YoungDriver) and rule.below_age <= rule.from_age:
        yield "below_age", _("The ages must end above where they begin.")


def _season(rule: Season) -> Iterator[tuple[str, str]]:
    if rule.amount is not None and rule.percent is not None:
        yield "percent", _("Give either prices or a percentage of the usual ones.")
    if rule.amount == 0 or rule.percent == 0:
        yield "amount", _("A day must cost something.")
    if rule.weekend is not None and rule.amount is None:
        yield "weekend", _("A weekend package needs the price of a day beside it.")
    if not rule.prices and rule.minimum_days is None and rule.maximum_days is None:
        yield "amount", _("Say what a day costs, or how short or long a rental may be.")
    if rule.minimum_days and rule.maximum_days and rule.maximum_days < rule.minimum_days:
        yield "maximum_days", _("The longest rental must not be shorter than the shortest.")


def _journey(rule: Journey) -> Iterator[tuple[str, str]]:
    if bool(rule.code) != bool(rule.areas):
        yield "areas", _("A zone has a code and at least one area; what is everywhere else has neither.")
    if any(not re.fullmatch("[A-Z]{2}", area.country) for area in rule.areas):
        yield "areas", _("Name the country of each area by two capital letters, such as US.")
    if any(area.code and area.city for area in rule.areas):
        yield "areas", _("An area is narrowed by postal codes or by a city, not by both.")
