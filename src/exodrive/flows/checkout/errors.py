"""Refusals of the checkout: a sentence each, and what the page needs to go on."""

from datetime import datetime

from exodrive.availability.model import CarTaken
from exodrive.kit.errors import Conflict, TooMany
from exodrive.kit.words import _

__all__ = ["AlreadyPaid", "CarTaken", "HoldOver", "PaymentUnderWay", "TooManyHolds"]


class TooManyHolds(TooMany):
    """So many unpaid bookings are enough; the first of them lapses after ``retry_after`` seconds."""

    code = "too-many-holds"

    def __init__(self, lapses_at: datetime, now: datetime) -> None:
        words = _("You have unpaid bookings already. Pay for one of them, or wait until they lapse.")
        super().__init__(words, retry_after=-int((now - lapses_at).total_seconds() // 1))


class HoldOver(Conflict):
    """The days are no longer held; ``extra['free']`` has the nearest free ranges."""

    code = "hold-over"

    def __init__(self) -> None:
        super().__init__(_("The days are no longer held for you, and nothing was charged. Please book again."))


class AlreadyPaid(Conflict):
    """There is nothing left to pay."""

    code = "already-paid"

    def __init__(self) -> None:
        super().__init__(_("This booking is paid."))


class PaymentUnderWay(Conflict):
    """PayPal is working on a payment of this booking."""

    code = "payment-under-way"

    def __init__(self) -> None:
        super().__init__(_("Your payment is being processed. You need not do anything."))
