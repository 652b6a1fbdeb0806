"""Faults on order: what shall go wrong with the next calls that match."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.http import Request
from exodrive_emulators.kit.store import Table


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


class Ordered(Protocol):
    """Something ordered for so many times, for good without a number."""

    times: int | None


T = TypeVar("T", bound=Ordered)
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
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    skip: Annotated[int, msgspec.Meta(ge=0)] = 0
    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    headers: dict[str, str] = {}
    issue: str = ""

    def __post_init__(self) -> None:
        re.compile(self.match.path_regex)
        if not 100 <= self.status <= 599:
            raise ValueError("`status` is an HTTP status")


class Faults:
    """The open orders, first come, first served; kept like all else."""

    def __init__(self, kept: Table[Fault]) -> None:
        self._kept = kept

    @property
    def open(self) -> list[Fault]:
        """Those not used up, oldest first."""
        return list(self._kept)

    def order(self, fault: Fault) -> None:
        """From now on, for `fault.times` matching calls."""
        self._kept.put(ids.paypal_id(), fault)

    def withdraw(self) -> None:
        """None of them any more."""
        self._kept.clear()

    def take(self, request: Request, knows: Callable[[str], bool]) -> Fault | None:
        """The fault this call suffers, used up by it; `knows` tells which issues the call can be refused with."""
        for key, fault in self._kept.items():
            if not fault.match.fits(request) or (fault.kind is Kind.REFUSED and not knows(fault.issue)):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                self._kept.put(key, fault)
                continue
            use_up(self._kept, key, fault)
            return fault
        return None


def use_up(kept: Table[T], key: str, order: T) -> None:
    """Count one use of an order; after the last one it is gone, without a number it stands."""
    if order.times is None:
        return
    order.times -= 1
    if order.times < 1:
        kept.drop(key)
    else:
        kept.put(key, order)


def read_faults(body: bytes) -> list[Fault]:
    """An order from JSON, or a script: a list of them. Raises msgspec.MsgspecError or re.error."""
    raw: Any = msgspec.json.decode(body)
    return msgspec.convert(raw if isinstance(raw, list) else [raw], list[Fault])
