"""Refusals of changes: a sentence each."""

from exodrive.kit.errors import BadInput, Conflict, NotFound
from exodrive.kit.words import _


class NotChangeable(Conflict):
    """The booking is not paid, has begun, or the pick-up is too near."""

    code = "not-changeable"

    def __init__(self) -> None:
        super().__init__(_("This booking can no longer be changed here. Please write to us."))


class OnlyLonger(Conflict):
    """The car is out: all that its renter may still change is to bring it back later."""

    code = "only-longer"

    def __init__(self) -> None:
        super().__init__(_("While you have the car you can only choose a later return here. For anything else please write to us."))


class OtherCar(Conflict):
    """The car that is wanted instead is paid in another currency, or we have to accept its renter first."""

    code = "other-car"

    def __init__(self) -> None:
        super().__init__(_("This car cannot be chosen instead here. Please write to us."))


class ChangedMeanwhile(Conflict):
    """The booking is not what it was when the change was shown: perhaps it was made already, in another window."""

    code = "changed-meanwhile"

    def __init__(self) -> None:
        super().__init__(_("The booking has changed meanwhile. Please look at it again."))


class ChangeOver(Conflict):
    """The change is made already, or its time to be paid is over."""

    code = "change-over"

    def __init__(self) -> None:
        super().__init__(_("This change is no longer waiting for a payment. Nothing was charged for it."))


class NothingChanged(BadInput):
    """Everything would stay as it is."""

    code = "nothing-changed"

    def __init__(self) -> None:
        super().__init__(_("Nothing would change. Choose something else first."))


class UnknownChange(NotFound):
    """No change is paid by this order, or none waits."""

    code = "unknown-change"

    def __init__(self) -> None:
        super().__init__(_("We do not know this change."))
