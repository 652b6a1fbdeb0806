"""The charges of a booking on its file: what each is for, how it was worked out, and what may become of it."""

from decimal import Decimal

import msgspec

from exodrive.charges.model import Charge, ChargeKind, Tariffs
from exodrive.charges.states import ChargeStatus
from exodrive.charges.words import explained, parts, title
from exodrive.pricing.words import money

_COUNTED = frozenset(ChargeStatus) - {ChargeStatus.WITHDRAWN, ChargeStatus.PROPOSED}


class ChargeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One charge in words; ``parts`` are fee and tax where there are any."""

    charge: Charge
    title: str
    how: str
    total: str
    parts: list[tuple[str, str]]
    may_confirm: bool
    may_withdraw: bool


class ChargesView(msgspec.Struct, frozen=True, kw_only=True):
    """All charges of a booking, what is asked for in all, and what staff may enter; ``cleaning`` is the tariff's sum for it."""

    lines: list[ChargeLine]
    due: str
    kinds: list[tuple[str, str]]
    may_enter: bool
    cleaning: int


def charges_view(charges: list[Charge], currency: str, tariffs: Tariffs, *, was_out: bool) -> ChargesView:
    """Return the charges of a booking in words."""
    due = sum((one.total for one in charges if one.status in _COUNTED), Decimal(0))
    return ChargesView(
        lines=[_line(one) for one in charges],
        due=money(due, currency) if due else "",
        kinds=[(kind.value, title(kind)) for kind in ChargeKind],
        may_enter=was_out,
        cleaning=tariffs.cleaning if tariffs.currency == currency else 0,
    )


def _line(charge: Charge) -> ChargeLine:
    return ChargeLine(
        charge=charge,
        title=title(charge.kind),
        how=explained(charge.kind, charge.facts, charge.currency),
        total=money(charge.total, charge.currency),
        parts=parts(charge),
        may_confirm=charge.status is ChargeStatus.PROPOSED,
        may_withdraw=charge.status in (ChargeStatus.PROPOSED, ChargeStatus.DUE),
    )
