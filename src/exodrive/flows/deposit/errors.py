"""Refusals about deposits: a sentence each."""

from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _


class NoHoldWanted(Conflict):
    """There is no deposit, it is held already, it is too early for it, or the rental is over."""

    code = "no-hold-wanted"

    def __init__(self) -> None:
        super().__init__(_("No deposit is to be held for this booking now."))


class UnknownHold(NotFound):
    """No hold belongs to this order."""

    code = "unknown-hold"

    def __init__(self) -> None:
        super().__init__(_("We do not know this deposit."))


class NothingHeld(Conflict):
    """Nothing is held, or what was is on its way back or being claimed."""

    code = "nothing-held"

    def __init__(self) -> None:
        super().__init__(_("No deposit is held for this booking that could be given back now."))


class ClaimIsOpen(Conflict):
    """Something is claimed from it, and that is not decided."""

    code = "claim-is-open"

    def __init__(self) -> None:
        super().__init__(_("A claim on this deposit is open. Decide about it first."))


class StillOut(Conflict):
    """The renter has the car: nothing would stand behind it."""

    code = "still-out"

    def __init__(self) -> None:
        super().__init__(_("The renter has the car. The deposit stays until it is back."))
