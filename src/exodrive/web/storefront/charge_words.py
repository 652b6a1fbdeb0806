"""Charges on a booking's page: itemised, with how each was worked out, and what they come to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.charges.model import Charge
from exodrive.charges.states import ChargeStatus
from exodrive.charges.words import explained, parts, title
from exodrive.pricing.words import money


class ChargeView(msgspec.Struct, frozen=True, kw_only=True):
    """One charge in words; ``because`` is why it was withdrawn, ``parts`` are fee and tax where there are any."""

    title: str
    total: str
    parts: list[tuple[str, str]]
    how: str
    reason: str
    evidence: str
    happened_at: datetime | None
    because: str


class ChargesView(msgspec.Struct, frozen=True, kw_only=True):
    """All that a renter is asked for beside the rental, and what it comes to; empty when all of it was withdrawn."""

    lines: tuple[ChargeView, ...]
    total: str


def charges_of(charges: Sequence[Charge]) -> ChargesView | None:
    """Return charges as their renter reads them; None when there are none."""
    if not charges:
        return None
    due = sum((one.total for one in charges if one.status is not ChargeStatus.WITHDRAWN), Decimal(0))
    return ChargesView(lines=tuple(map(_view, charges)), total=money(due, charges[0].currency) if due else "")


def _view(charge: Charge) -> ChargeView:
    return ChargeView(
        title=title(charge.kind),
        total=money(charge.total, charge.currency),
        parts=parts(charge),
        how=explained(charge.kind, charge.facts, charge.currency),
        reason=charge.reason,
        evidence=charge.evidence,
        happened_at=charge.happened_at,
        because=charge.withdrawn_because or "",
    )
