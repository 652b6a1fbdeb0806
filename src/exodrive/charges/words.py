"""Charges in words: what one is for, and what it was worked out from, in the language of whoever reads it."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_currency, format_decimal

from exodrive.charges.model import Charge, ChargeKind
from exodrive.kit import words
from exodrive.kit.words import _, ngettext


def title(kind: ChargeKind) -> str:
    """Return what a charge is for."""
    return {
        ChargeKind.DISTANCE: _("Further distance"),
        ChargeKind.FUEL: _("Fuel or charging"),
        ChargeKind.LATE: _("Late return"),
        ChargeKind.COVER: _("Cover for the time after"),
        ChargeKind.CLEANING: _("Cleaning"),
        ChargeKind.DAMAGE: _("Damage"),
        ChargeKind.TOLL: _("Toll"),
        ChargeKind.FINE: _("Fine"),
        ChargeKind.OTHER: _("Other"),
    }[kind]


def explained(kind: ChargeKind, facts: Mapping[str, str], currency: str) -> str:
    """Return how a charge was worked out; empty for one that staff entered."""
    if not facts:
        return ""
    return {
        ChargeKind.DISTANCE: _distance,
        ChargeKind.FUEL: _fuel,
        ChargeKind.LATE: _late,
        ChargeKind.COVER: _cover,
    }[kind](facts, currency)


def parts(charge: Charge) -> list[tuple[str, str]]:
    """Return what a charge is made of, where that is more than one sum."""
    named = ((_("The charge itself"), charge.amount), (_("Handling"), charge.fee), (_("Tax"), charge.tax))
    if charge.amount == charge.total:
        return []
    return [(name, _money(str(amount), charge.currency)) for name, amount in named if amount]


def _distance(facts: Mapping[str, str], currency: str) -> str:
    told = {name: _number(facts[name]) for name in ("driven", "included", "further")}
    sentence = _("%(driven)s %(unit)s driven, %(included)s included: %(further)s at %(each)s each.")
    return sentence % {**told, "unit": facts["unit"], "each": _money(facts["each"], currency)}


def _fuel(facts: Mapping[str, str], currency: str) -> str:
    told = {"out": facts["out"], "back": facts["back"], "missing": facts["missing"], "full": _money(facts["full"], currency)}
    return _("%(out)s%% when it went out, %(back)s%% when it came back: %(missing)s%% of %(full)s for all of it.") % told


def _late(facts: Mapping[str, str], currency: str) -> str:
    late = ngettext("%(number)d hour late", "%(number)d hours late", int(facts["hours"])) % {"number": int(facts["hours"])}
    told = {"late": late, "percent": facts["percent"], "day": _money(facts["day"], currency)}
    return _("%(late)s: %(percent)s%% of a day at %(day)s for each hour that began, never more than a day for 24 hours.") % told


def _cover(facts: Mapping[str, str], currency: str) -> str:
    days = ngettext("%(number)d further day", "%(number)d further days", int(facts["days"])) % {"number": int(facts["days"])}
    return _("%(days)s of the cover you took, at %(day)s.") % {"days": days, "day": _money(facts["day"], currency)}


def _number(text: str) -> str:
    return format_decimal(Decimal(text), locale=words.locale())


def _money(text: str, currency: str) -> str:
    return format_currency(Decimal(text), currency, locale=words.locale())
