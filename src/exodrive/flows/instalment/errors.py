"""Refusals about the rest of a price: a sentence each."""

from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _


class NoRest(Conflict):
    """Nothing more is due for the booking: it was paid in one, the rest is settled, or the booking has ended."""

    code = "no-rest"

    def __init__(self) -> None:
        super().__init__(_("Nothing more is to be paid for this booking."))


class ChangeFirst(Conflict):
    """A change of the booking waits for its payment, and may make the rest another."""

    code = "change-first"

    def __init__(self) -> None:
        super().__init__(_("A change of this booking waits for its payment. Pay for it or give it up first."))


class RestOpen(Conflict):
    """No key is given before all of the price is paid."""

    code = "rest-open"

    def __init__(self) -> None:
        super().__init__(_("The rest of the price is not paid yet: the renter pays it on the booking’s page, or a manager waives it."))


class UnknownRest(NotFound):
    """No rest of a price is paid by this order."""

    code = "unknown-rest"

    def __init__(self) -> None:
        super().__init__(_("We do not know this payment."))
