"""Refusals at the car: a sentence each."""

from exodrive.kit.errors import Conflict
from exodrive.kit.words import _


class NotToHandOver(Conflict):
    """The car was handed over before, or the booking is not paid, or has ended."""

    code = "not-to-hand-over"

    def __init__(self) -> None:
        super().__init__(_("This car cannot be handed over: it was before, or the booking is not paid or has ended."))


class NotReady(Conflict):
    """A rule of the database keeps the key: something about this booking is still open. ``extra`` has the ``rule``."""

    code = "not-ready"

    def __init__(self, rule: str | None) -> None:
        super().__init__(_("This car cannot be handed over yet: something about the booking is still open. Its file says what."), rule=rule)


class TooEarlyToHandOver(Conflict):
    """The first day of the rental has not come: the car may be somebody else's until then."""

    code = "hand-over-too-early"

    def __init__(self) -> None:
        super().__init__(_("The first day of this rental has not come yet."))


class NotBack(Conflict):
    """The car is still out on another booking, whose ``extra`` has the ``reference``."""

    code = "car-not-back"

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("This car is still out on booking %(reference)s. Take it back there first.") % {"reference": reference}, reference=reference
        )


class NoDeposit(Conflict):
    """No deposit is held, and no manager took it upon themselves."""

    code = "no-deposit"

    def __init__(self) -> None:
        super().__init__(
            _("No deposit is held. The renter can hold it on the booking’s page; without it only a manager hands over, and says why.")
        )


class NotOut(Conflict):
    """The car is not out on this booking: it was never handed over, or has come back already."""

    code = "not-out"

    def __init__(self) -> None:
        super().__init__(_("This car is not out: it was never handed over, or has come back already."))
