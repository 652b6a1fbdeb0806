"""The charges of a booking on its file: what each is for, how it was worked out, and what may become of it."""

from decimal import Decimal

import msgspec

from exodrive.charges.model import Charge, ChargeKind, Tariffs
from exodrive.charges.states import ChargeStatus
from exodrive.charges.words import explained, parts, title
from exodrive.deposits.claims.model import Claim, ClaimStatus
from exodrive.flows.claiming.repaying import is_open
from exodrive.flows.claiming.words import state_words
from exodrive.overview.staff_keys import Keys
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


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """One claim in words, and what staff may do about it."""

    claim: Claim
    amount: str
    state: str
    may_uphold: bool
    may_withdraw: bool
    may_repay: bool
    repaid: str


class ChargesView(msgspec.Struct, frozen=True, kw_only=True):
    """All charges of a booking, what is asked for in all, and what staff may enter; ``cleaning`` is the tariff's sum for it."""

    lines: list[ChargeLine]
    due: str
    kinds: list[tuple[str, str]]
    may_enter: bool
    cleaning: int
    claims: list[ClaimLine]
    may_claim: bool


def charges_view(charges: list[Charge], claims: list[Claim], keys: Keys, currency: str, tariffs: Tariffs, *, manages: bool) -> ChargesView:
    """Return the charges of a booking in words, and what is claimed from its deposit; claims are for who ``manages``."""
    asked = sum((one.total for one in charges if one.status in _COUNTED), Decimal(0))
    is_due = any(one.status is ChargeStatus.DUE for one in charges)
    is_free = all(one.status in (ClaimStatus.FAILED, ClaimStatus.WITHDRAWN) for one in claims)
    return ChargesView(
        lines=[_line(one) for one in charges],
        due=money(asked, currency) if asked else "",
        kinds=[(kind.value, title(kind)) for kind in ChargeKind],
        may_enter=keys.handed_over_at is not None,
        cleaning=tariffs.cleaning if tariffs.currency == currency else 0,
        claims=[_claim(one, manages=manages) for one in claims],
        may_claim=manages and is_due and is_free and keys.is_covered and keys.returned_at is not None,
    )


def _claim(claim: Claim, *, manages: bool) -> ClaimLine:
    return ClaimLine(
        claim=claim,
        amount=money(claim.amount, claim.currency),
        state=state_words(claim.status),
        may_uphold=manages and claim.status is ClaimStatus.OBJECTED,
        may_withdraw=manages and claim.status in (ClaimStatus.ASKED, ClaimStatus.OBJECTED),
        may_repay=manages and is_open(claim),
        repaid=money(claim.repaid, claim.currency) if claim.repaid else "",
    )


def _line(charge: Charge) -> ChargeLine:
    return ChargeLine(
        charge=charge,
        title=title(charge.kind),
        how=explained(charge.kind, charge.facts, charge.currency),
        total=money(charge.total, charge.currency),
        parts=parts(charge),
        may_confirm=charge.status is ChargeStatus.PROPOSED,
        may_withdraw=charge.status in (ChargeStatus.PROPOSED, ChargeStatus.DUE) and not charge.paid,
    )
