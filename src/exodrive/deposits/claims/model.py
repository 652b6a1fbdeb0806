"""Values of claims: where one stands, by whose word it is taken, and until when its renter may answer."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.deposits.model import DepositRules
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money


class ClaimStatus(StrEnum):
    """Where a claim stands; held equal to the CHECK of the table by a test."""

    ASKED = "asked"  # the renter may accept it, or object
    OBJECTED = "objected"  # the renter objected: staff decide
    ACCEPTED = "accepted"  # to be taken
    TAKING = "taking"  # PayPal is asked for it
    SETTLED = "settled"  # taken; the rest of the hold was given back with it
    FAILED = "failed"  # PayPal did not give it: the charges stay due
    WITHDRAWN = "withdrawn"  # taken back by staff


class Answer(StrEnum):
    """By whose word a claim is taken; held equal to the CHECK of the table by a test."""

    ACCEPTED = "accepted"  # the renter's own
    SILENT = "silent"  # the renter did not answer in time
    UPHELD = "upheld"  # staff's, after an objection
    AT_ONCE = "at_once"  # nobody's: the hold would have ended before an answer


_S = ClaimStatus
MOVES: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    _S.ASKED: frozenset({_S.OBJECTED, _S.ACCEPTED, _S.WITHDRAWN}),
    _S.OBJECTED: frozenset({_S.ACCEPTED, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset({_S.TAKING, _S.FAILED}),
    _S.TAKING: frozenset({_S.SETTLED, _S.FAILED}),
}
#: While it stands so, the hold behind it is kept.
OPEN = frozenset(MOVES)


class IllegalMove(ValueError):
    """A move that no claim may make: a bug in the caller."""

    def __init__(self, old: ClaimStatus, new: ClaimStatus) -> None:
        super().__init__(f"a claim cannot go from {old} to {new}")


def check_move(old: ClaimStatus, new: ClaimStatus) -> None:
    """Raise IllegalMove unless a claim may go from ``old`` to ``new``."""
    if new not in MOVES.get(old, frozenset()):
        raise IllegalMove(old, new)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as it is kept. ``asked`` is what its charges came to, ``amount`` what of it is taken from the hold, ``repaid`` went back."""

    id: UUID
    booking_id: BookingId
    hold_id: UUID
    number: int
    status: ClaimStatus
    asked: Decimal
    amount: Decimal
    currency: str
    answer_by: datetime
    answer: Answer | None
    objection: str | None
    answered_at: datetime | None
    reason: str | None
    created_at: datetime
    ended_at: datetime | None
    repaid: Decimal = Decimal(0)

    @property
    def money(self) -> Money:
        """What is taken."""
        return Money(self.amount, self.currency)


def answer_until(now: datetime, covered_until: datetime, rules: DepositRules) -> datetime | None:
    """Return until when a renter may answer a claim made now; None when the hold would end too soon after that to wait for it."""
    until = now + timedelta(hours=rules.answer_hours)
    return until if until <= covered_until - rules.margin else None
