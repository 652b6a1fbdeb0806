"""The life of a booking: its states and every legal move."""

from enum import StrEnum


class BookingStatus(StrEnum):
    """Where a booking stands; held equal to the CHECK of the table by a test."""

    PENDING = "pending"
    UPCOMING = "upcoming"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


_S = BookingStatus
MOVES: dict[BookingStatus, frozenset[BookingStatus]] = {
    _S.PENDING: frozenset({_S.UPCOMING, _S.CANCELLED, _S.EXPIRED}),
    _S.UPCOMING: frozenset({_S.ACTIVE, _S.CANCELLED, _S.NO_SHOW}),
    # An active rental ends as cancelled or no-show only while the key was never handed over; SQL guards that too.
    _S.ACTIVE: frozenset({_S.COMPLETED, _S.CANCELLED, _S.NO_SHOW}),
}


class IllegalMove(ValueError):
    """A move that no booking may make: a bug in the caller."""

    def __init__(self, old: BookingStatus, new: BookingStatus) -> None:
        super().__init__(f"a booking cannot go from {old} to {new}")


def check_move(old: BookingStatus, new: BookingStatus) -> None:
    """Raise IllegalMove unless a booking may go from ``old`` to ``new``."""
    if new not in MOVES.get(old, frozenset()):
        raise IllegalMove(old, new)
