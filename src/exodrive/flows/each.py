"""One thing for many, one after the other: one that fails is told loudly and stops no other."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from exodrive.flows.world import World

T = TypeVar("T")

log = logging.getLogger(__name__)


async def each(world: World, found: Iterable[T], do: Callable[[T], Awaitable[object]], trouble: str) -> int:
    """Do it for each and return for how many it came to something, which is neither False nor None.

    What one raises is told in the log as ``trouble``, with whom it befell, and the others go on. A process that is told to end stops
    between two: what is due stays due, and the next look has it.
    """
    count = 0
    for one in found:
        if world.ending.is_set():
            break
        try:
            count += bool(await do(one))
        except Exception:
            log.exception(trouble, extra={"about": str(getattr(one, "id", one))})
    return count
