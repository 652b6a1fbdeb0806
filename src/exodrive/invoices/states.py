"""The life of an invoice: what we want of it, what PayPal makes of it, and what brings the two together. Nothing is asked here."""

from enum import StrEnum

from exodrive.gateways.paypal.invoicing import InvoiceStatus


class Wanted(StrEnum):
    """What we want of an invoice; held equal to the CHECK of the table by a test."""

    DRAFT = "draft"  # written at PayPal, for staff to look at
    SENT = "sent"  # the renter may pay it
    VOID = "void"  # nobody need pay it any more


class RequestKind(StrEnum):
    """What staff ask for besides; held equal to the CHECK of the table by a test."""

    REMINDER = "reminder"
    PAYMENT = "payment"  # that one which came another way is noted


class RequestStatus(StrEnum):
    """Where such a request stands; held equal to the CHECK of the table by a test."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"  # by PayPal, for good


class Act(StrEnum):
    """What is to be asked of PayPal next."""

    DRAFT = "draft"
    FIND = "find"  # whether it is there at all: somebody asked for it, and nobody heard
    SEND = "send"
    CANCEL = "cancel"
    RECORD = "record"
    PICTURE = "picture"
    LOOK = "look"


_S, _W = InvoiceStatus, Wanted
MOVES: dict[Wanted, frozenset[Wanted]] = {
    _W.DRAFT: frozenset({_W.SENT, _W.VOID}),
    _W.SENT: frozenset({_W.VOID}),
}
UNSENT = frozenset({_S.DRAFT, _S.SCHEDULED})
OPEN = frozenset({_S.SENT, _S.SHARED, _S.UNPAID})  # and nothing was paid
PAYABLE = OPEN | {_S.PARTIALLY_PAID}
GONE = frozenset({_S.CANCELLED, _S.AUTO_CANCELLED})
PAID = frozenset({_S.PAID, _S.MARKED_AS_PAID, _S.PAID_EXTERNAL})
REFUNDED = frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED, _S.MARKED_AS_REFUNDED, _S.REFUNDED_EXTERNAL})
#: In these nothing more is asked of the renter.
ENDED = GONE | PAID | REFUNDED


class IllegalMove(ValueError):
    """A move that what is wanted of an invoice may never make: a bug in the caller."""

    def __init__(self, old: Wanted, new: Wanted) -> None:
        super().__init__(f"an invoice cannot go from {old} to {new}")


def check_move(old: Wanted, new: Wanted) -> None:
    """Raise IllegalMove unless what is wanted may go from ``old`` to ``new``."""
    if new not in MOVES.get(old, frozenset()):
        raise IllegalMove(old, new)
