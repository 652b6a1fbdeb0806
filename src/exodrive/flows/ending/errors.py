"""Refusals of endings: a sentence each."""

from exodrive.kit.errors import Conflict
from exodrive.kit.money import Money
from exodrive.kit.words import _


class NotCancellable(Conflict):
    """The key was handed over, or the booking has ended already."""

    code = "not-cancellable"

    def __init__(self) -> None:
        super().__init__(_("This booking cannot be cancelled any more."))


class CancelClosed(Conflict):
    """The pick-up is too near for its renter to cancel a booking, or it has begun or ended already."""

    code = "cancel-closed"

    def __init__(self) -> None:
        super().__init__(_("This booking can no longer be cancelled here. Please write to us."))


class RefundChanged(Conflict):
    """What would go back is not what was shown: ``extra`` has the ``refund`` as it is now, and its ``currency``."""

    code = "refund-changed"

    def __init__(self, refund: Money) -> None:
        super().__init__(_("What goes back has changed. Please look at it again."), refund=refund.text, currency=refund.currency)


class TooEarly(Conflict):
    """The pick-up has not come yet: nobody can have missed it."""

    code = "no-show-too-early"

    def __init__(self) -> None:
        super().__init__(_("The pick-up has not come yet. Say that nobody came once it has."))


class NothingNoted(Conflict):
    """Nobody said that nobody came, or it cannot be taken back any more."""

    code = "no-show-not-noted"

    def __init__(self) -> None:
        super().__init__(_("It is not noted that nobody came, or it can no longer be taken back."))
