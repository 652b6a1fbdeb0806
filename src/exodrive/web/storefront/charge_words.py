"""Charges on a booking's page: itemised, with how each was worked out, and what they come to."""

from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.charges.model import Charge
from exodrive.charges.states import ChargeStatus
from exodrive.charges.words import explained, parts, title
from exodrive.deposits.claims.model import ClaimStatus
from exodrive.flows.claiming.words import claimed_words
from exodrive.overview.own_charges import Owed
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
    """All that a renter is asked for beside the rental, what it comes to (empty when all of it was withdrawn), and what was paid of it.

    ``claim`` is how a claim on the deposit stands, ``objection`` what the renter said to it.
    """

    lines: tuple[ChargeView, ...]
    total: str
    paid: str
    claim: tuple[str, ...] = ()
    objection: str = ""
    may_answer: bool = False


def charges_of(owed: Owed, zone: str) -> ChargesView | None:
    """Return charges, and what is claimed from the deposit for them, as their renter reads them; None when there are none."""
    charges, claim = owed.charges, owed.claim
    if not charges:
        return None
    asked = [one for one in charges if one.status is not ChargeStatus.WITHDRAWN]
    due, paid = (sum(sums, Decimal(0)) for sums in ((one.total for one in asked), (one.paid for one in asked)))
    return ChargesView(
        lines=tuple(map(_view, charges)),
        total=money(due, charges[0].currency) if due else "",
        paid=money(paid, charges[0].currency) if paid else "",
        claim=claimed_words(claim, zone) if claim else (),
        objection=(claim.objection or "") if claim else "",
        may_answer=claim is not None and claim.status is ClaimStatus.ASKED,
    )


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
