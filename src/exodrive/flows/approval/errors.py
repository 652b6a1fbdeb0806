"""Refusals about bookings that wait for an answer: a sentence each."""

from exodrive.kit.errors import Conflict
from exodrive.kit.words import _


class NotAwaited(Conflict):
    """The booking needs no answer, has one, its time is over, or it has ended."""

    code = "not-awaited"

    def __init__(self) -> None:
        super().__init__(_("This booking does not wait for an answer, or its time is over."))


class NotAccepted(Conflict):
    """The booking is paid, and we have not accepted it yet."""

    code = "not-accepted"

    def __init__(self) -> None:
        super().__init__(_("This booking is not accepted yet. That comes first."))
