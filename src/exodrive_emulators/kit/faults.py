"""Faults on order: what shall go wrong with the next calls that match."""

import re
from enum import StrEnum
from typing import Any

import msgspec

from exodrive_emulators.kit.http import Request


class Kind(StrEnum):
    """The ways a call can go wrong."""

    LOST_AFTER_COMMIT = "lost_after_commit"  # the work is done, its answer never arrives
    TIMEOUT_BEFORE = "timeout_before"  # the request never reaches the provider
    STATUS = "status"  # the provider answers with this status and does nothing
    SLOW = "slow"  # the work takes `delay` seconds, during which the call counts as in progress


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which calls: a method (any when left out) and a regular expression searched for in the path."""

    method: str | None = None
    path_regex: str = ""

    def fits(self, request: Request) -> bool:
        """Whether this call is meant."""
        return self.method in (None, request.method) and bool(re.search(self.path_regex, request.path))


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One order; `delay` seconds pass before the fault shows (before the work for `slow`)."""

    kind: Kind
    match: Match = Match()
    status: int = 503
    times: int = 1
    delay: float = 0.0
    headers: dict[str, str] = {}

    def __post_init__(self) -> None:
        re.compile(self.match.path_regex)


class Faults:
    """The open orders, first come, first served."""

    def __init__(self) -> None:
        self.open: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """From now on, for `fault.times` matching calls."""
        self.open.append(fault)

    def take(self, request: Request) -> Fault | None:
        """The fault this call suffers, used up by it."""
        for fault in self.open:
            if fault.match.fits(request):
                fault.times -= 1
                if fault.times < 1:
                    self.open.remove(fault)
                return fault
        return None


def read_fault(body: bytes) -> Fault:
    """An order from JSON; raises msgspec.ValidationError, msgspec.DecodeError or re.error."""
    raw: Any = msgspec.json.decode(body)
    return msgspec.convert(raw, Fault)
