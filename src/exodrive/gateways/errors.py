"""What can go wrong with a provider, told apart by one question: may it have been done?"""

from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")
_NOT_THERE = 404


class GatewayError(Exception):
    """A call to a provider did not end well. ``debug_id`` is what the provider's support asks for."""

    def __init__(self, issue: str, *, debug_id: str = "") -> None:
        super().__init__(f"{issue} ({debug_id})" if debug_id else issue)
        self.issue = issue
        self.debug_id = debug_id


class Declined(GatewayError):
    """Not done: the payer, their bank or the provider said no. ``payer_link`` is where the payer may put it right."""

    def __init__(self, issue: str, *, payer_link: str | None = None, debug_id: str = "") -> None:
        super().__init__(issue, debug_id=debug_id)
        self.payer_link = payer_link


class Refused(GatewayError):
    """Not done: what we asked for is wrong, or wrong by now. Asking the same again is pointless."""

    def __init__(self, issue: str, *, status: int, debug_id: str = "") -> None:
        super().__init__(issue, debug_id=debug_id)
        self.status = status


class Unknown(GatewayError):
    """Perhaps done: no usable answer came. Ask again with the same request id, or read back; never guess."""


class Unreachable(GatewayError):
    """Not done: nothing was sent."""


class Busy(GatewayError):
    """Not done: the provider wants us to wait ``retry_after`` seconds."""

    def __init__(self, issue: str, *, retry_after: float, debug_id: str = "") -> None:
        super().__init__(issue, debug_id=debug_id)
        self.retry_after = retry_after


def is_gone(failure: GatewayError) -> bool:
    """Whether there is no such thing at the provider: the one thing that is known of what could not be read."""
    return isinstance(failure, Refused) and failure.status == _NOT_THERE


async def unless_gone(asked: Awaitable[T]) -> T | None:
    """Return what the provider answers, None when there is no such thing; raises GatewayError when that is not known."""
    try:
        return await asked
    except GatewayError as failure:
        if is_gone(failure):
            return None
        raise
