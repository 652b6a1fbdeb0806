"""Refusals of charges: a sentence each."""

from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _


class NothingToCharge(Conflict):
    """The car never went out on this booking."""

    code = "nothing-to-charge"

    def __init__(self) -> None:
        super().__init__(_("Nothing can be charged: this car was never handed over."))


class TooLateToCharge(Conflict):
    """The time in which something may still be charged is over. ``extra`` has the ``days`` it lasted."""

    code = "too-late-to-charge"

    def __init__(self, days: int) -> None:
        super().__init__(_("Nothing more can be charged: the car came back more than %(days)d days ago.") % {"days": days}, days=days)


class ChargedAlready(Conflict):
    """The same thing of the same moment and sum is charged already."""

    code = "charged-already"

    def __init__(self) -> None:
        super().__init__(_("The same is charged already: what it is for, its time and its sum are equal."))


class UnknownCharge(NotFound):
    """There is no such charge on this booking."""

    code = "unknown-charge"

    def __init__(self) -> None:
        super().__init__(_("There is no such charge on this booking."))


class ChargeMoved(Conflict):
    """The charge is no longer in a state from which this can be done."""

    code = "charge-moved"

    def __init__(self) -> None:
        super().__init__(_("This charge was decided already. Load the page again and look."))
