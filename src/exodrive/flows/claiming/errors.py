"""Refusals of claims: a sentence each."""

from exodrive.kit.errors import Conflict
from exodrive.kit.words import _


class NothingToClaim(Conflict):
    """No charge is due that is not paid or claimed already."""

    code = "nothing-to-claim"

    def __init__(self) -> None:
        super().__init__(_("Nothing is due that could be claimed. Ask the renter for the charges first."))


class NothingHeld(Conflict):
    """No deposit is held from which anything could be taken, or the car is still out."""

    code = "nothing-held"

    def __init__(self) -> None:
        super().__init__(_("No deposit is held that could be claimed from, or the car is not back yet."))


class ClaimOpen(Conflict):
    """A claim is open already, or the deposit was claimed from."""

    code = "claim-open"

    def __init__(self) -> None:
        super().__init__(_("A claim is open already, or the deposit was claimed from."))


class NoClaim(Conflict):
    """No claim waits for this."""

    code = "no-claim"

    def __init__(self) -> None:
        super().__init__(_("No claim waits for this any more. Load the page again and look."))
