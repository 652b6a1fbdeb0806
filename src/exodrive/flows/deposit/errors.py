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
