"""Refusals of endings: a sentence each."""

from exodrive.kit.errors import Conflict
from exodrive.kit.words import _


class NotCancellable(Conflict):
    """The key was handed over, or the booking has ended already."""

    code = "not-cancellable"

    def __init__(self) -> None:
        super().__init__(_("This booking cannot be cancelled any more."))
