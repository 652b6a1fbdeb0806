"""Which letters ask for a deposit, and which were promised."""

from datetime import datetime
from enum import StrEnum

import msgspec


class News(StrEnum):
    """Which letter is due."""

    FIRST = "first"
    REMINDER = "reminder"
    ANEW = "anew"  # what was placed came to nothing, or ends too soon


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What letters were promised so far: the first, the reminder, the newest about any hold; ``of_last`` whether the newest hold had one,
    ``ended_at`` when that hold ended.
    """

    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    missed_at: datetime | None = None
    of_last: bool = False
    ended_at: datetime | None = None
