"""The life of a hold: its states and every legal move."""

from enum import StrEnum


class HoldStatus(StrEnum):
    """Where a hold stands; held equal to the CHECK of the table by a test."""

    ASKED = "asked"  # the renter was sent to PayPal, or is to be
    HELD = "held"  # reserved, not charged
    DECLINED = "declined"  # PayPal or the bank said no
    DROPPED = "dropped"  # asked for and never approved, too late by a wallet, or let go of with a rental that was not paid
    LAPSED = "lapsed"  # ran out at PayPal after 29 days
    RELEASED = "released"  # given back
    CLAIMED = "claimed"  # a part or all of it was taken, the rest given back


_S = HoldStatus
MOVES: dict[HoldStatus, frozenset[HoldStatus]] = {
    _S.ASKED: frozenset({_S.HELD, _S.DECLINED, _S.DROPPED}),
    _S.DROPPED: frozenset({_S.HELD}),  # by a wallet, and told of after the renter was asked instead
    _S.HELD: frozenset({_S.LAPSED, _S.RELEASED, _S.CLAIMED, _S.DROPPED}),
    _S.LAPSED: frozenset({_S.CLAIMED}),  # taken before it ran out, and heard of after
}
#: From these nothing more comes.
ENDED = frozenset(HoldStatus) - MOVES.keys()


class IllegalMove(ValueError):
    """A move that no hold may make: a bug in the caller."""

    def __init__(self, old: HoldStatus, new: HoldStatus) -> None:
        super().__init__(f"a hold cannot go from {old} to {new}")


def check_move(old: HoldStatus, new: HoldStatus) -> None:
    """Raise IllegalMove unless a hold may go from ``old`` to ``new``."""
    if new not in MOVES.get(old, frozenset()):
        raise IllegalMove(old, new)
