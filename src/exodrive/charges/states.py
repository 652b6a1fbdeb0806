"""The life of a charge: its states and every legal move; the database holds the same."""

from enum import StrEnum


class ChargeStatus(StrEnum):
    """Where a charge stands; held equal to the CHECK of the table by a test."""

    PROPOSED = "proposed"  # worked out at the return; the renter has not seen it
    DUE = "due"  # the renter is asked for it
    CLAIMED = "claimed"  # to be taken from the deposit
    INVOICED = "invoiced"  # asked for by an invoice
    SETTLED = "settled"  # paid in full
    WITHDRAWN = "withdrawn"  # taken back, with a reason


_S = ChargeStatus
MOVES: dict[ChargeStatus, frozenset[ChargeStatus]] = {
    _S.PROPOSED: frozenset({_S.DUE, _S.WITHDRAWN}),
    _S.DUE: frozenset({_S.CLAIMED, _S.INVOICED, _S.WITHDRAWN}),
    _S.CLAIMED: frozenset({_S.DUE, _S.SETTLED}),
    _S.INVOICED: frozenset({_S.DUE, _S.SETTLED}),
}


class IllegalMove(ValueError):
    """A move that no charge may make: a bug in the caller."""

    def __init__(self, old: ChargeStatus, new: ChargeStatus) -> None:
        super().__init__(f"a charge cannot go from {old} to {new}")


def check_move(old: ChargeStatus, new: ChargeStatus) -> None:
    """Raise IllegalMove unless a charge may go from ``old`` to ``new``."""
    if new not in MOVES.get(old, frozenset()):
        raise IllegalMove(old, new)
