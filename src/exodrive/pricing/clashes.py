"""Two price rules between which nothing decides: found before the second is saved, and explained."""

from collections.abc import Iterable
from datetime import date

from babel.dates import format_date

from exodrive.kit import words
from exodrive.kit.errors import Conflict
from exodrive.kit.words import _
from exodrive.pricing.kinds import Rule


class RulesOverlap(Conflict):
    """A rule would count for the same rentals as another of the same rank; ``extra`` has the other's ``other`` name."""

    code = "rules-overlap"

    def __init__(self, new: Rule, old: Rule) -> None:
        super().__init__(explain(new, old), other=old.name)


def clash(new: Rule, others: Iterable[Rule]) -> Rule | None:
    """Return the first of other rules that could count for the same rental as a new one with nothing to decide between them."""
    return next((other for other in others if _compete(new, other)), None)


def _compete(new: Rule, old: Rule) -> bool:
    same = type(new) is type(old) and (new.car_id, new.category, new.priority) == (old.car_id, old.category, old.priority)
    return same and _share_a_currency(new, old) and _share_a_day(new, old) and new.meets(old)


def _share_a_currency(one: Rule, two: Rule) -> bool:
    """A rule without an amount has no currency, and counts beside those of every currency."""
    return one.currency == two.currency or None in (one.currency, two.currency)


def _share_a_day(one: Rule, two: Rule) -> bool:
    starts_before_end = one.first is None or two.last is None or one.first <= two.last
    return starts_before_end and (two.first is None or one.last is None or two.first <= one.last)


def explain(new: Rule, old: Rule) -> str:
    """Return why two rules cannot both be in force, and what to do."""
    return _(
        "“{new}” and “{old}” would both count {when}, with the same priority, and nothing says which comes first. "
        "Give one of them a higher priority or other dates, or replace “{old}”."
    ).format(new=new.name, old=old.name, when=_when(new, old))


def _when(one: Rule, two: Rule) -> str:
    """The days that both have, in words."""
    first = max((rule.first for rule in (one, two) if rule.first), default=None)
    last = min((rule.last for rule in (one, two) if rule.last), default=None)
    if first and last:
        return _("from {first} to {last}").format(first=_day(first), last=_day(last))
    if first:
        return _("from {first} on").format(first=_day(first))
    if last:
        return _("until {last}").format(last=_day(last))
    return _("always")


def _day(day: date) -> str:
    return format_date(day, "medium", locale=words.locale())
