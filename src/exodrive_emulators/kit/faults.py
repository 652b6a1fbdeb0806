"""Faults on order: what shall go wrong with the next calls that match."""

import re
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from exodrive_emulators.kit.http import Request


class Kind(StrEnum):
    """The ways a call can go wrong."""

    LOST_AFTER_COMMIT = "lost_after_commit"  # the work is done, its answer never arrives
    TIMEOUT_BEFORE = "timeout_before"  # the request never reaches the provider
    RESET = "reset"  # the connection is reset, nothing is done
    STATUS = "status"  # the provider answers with this status and does nothing
    SLOW = "slow"  # the work takes `delay` seconds, during which the call counts as in progress
    SLOW_BODY = "slow_body"  # the work is done, the answer's body trickles in over `delay` seconds
    CUT_BODY = "cut_body"  # the work is done, half of the answer's body arrives
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  every access token ends now
    IN_PROGRESS = "in_progress"  # as if the same request were being worked on
    REFUSED = "refused"  # the provider declines with `issue` and does nothing


AFTER_WORK = frozenset({Kind.LOST_AFTER_COMMIT, Kind.SLOW_BODY, Kind.CUT_BODY})


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which calls: a method (any when left out) and a regular expression searched for in the path."""

    method: str | None = None
    path_regex: str = ""

    def fits(self, request: Request) -> bool:
        """Whether this call is meant."""
        return self.method in (None, request.method) and bool(re.search(self.path_regex, request.path))


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One order; `delay` seconds pass before the fault shows (before the work for `slow`).

    The first `skip` calls that fit are spared. With no `times` it is a rule: it stands until it is withdrawn.
    """

    kind: Kind
    match: Match = Match()
    status: int = 503
    times: int | None = 1
    skip: int = 0
    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    headers: dict[str, str] = {}
    issue: str = ""

    def __post_init__(self) -> None:
        re.compile(self.match.path_regex)
        if not 100 <= self.status <= 599:
            raise ValueError("`status` is an HTTP status")


class Faults:
    """The open orders, first come, first served."""

    def __init__(self) -> None:
        self.open: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """From now on, for `fault.times` matching calls."""
        self.open.append(fault)

    def take(self, request: Request) -> Fault | None:
        """The fault this call suffers, used up by it."""
        for fault in [it for it in self.open if it.match.fits(request)]:
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times < 1:
                    self.open.remove(fault)
            return fault
        return None


def read_faults(body: bytes) -> list[Fault]:
    """An order from JSON, or a script: a list of them. Raises msgspec.MsgspecError or re.error."""
    raw: Any = msgspec.json.decode(body)
    return msgspec.convert(raw if isinstance(raw, list) else [raw], list[Fault])
