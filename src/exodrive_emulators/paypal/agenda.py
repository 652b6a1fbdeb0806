"""What happens by itself as time goes on: holds lapse, what was put off is settled. In order, each at its own moment."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.clock import Clock
from exodrive_emulators.kit.store import Table
from exodrive_emulators.paypal.model import Due

Deed = Callable[[Due], None]


class Agenda:
    """Everything that is due one day, kept like all else; whoever reads it must bear things that are done already."""

    def __init__(self, kept: Table[Due], clock: Clock) -> None:
        self._kept, self._clock = kept, clock
        self._next = sorted((due.at, key) for key, due in kept.items())

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._next.clear()

    def add(self, due: Due) -> None:
        """Let it happen then."""
        key = ids.paypal_id()
        self._kept.put(key, due)
        heapq.heappush(self._next, (due.at, key))

    def list(self) -> list[Due]:
        """What is due one day, the next one first."""
        return sorted((due for _, due in self._kept.items()), key=lambda due: due.at)

    def run(self, deed: Deed) -> None:
        """Do all that has fallen due; during each deed the clock stands at its moment."""
        while self._next and self._next[0][0] <= self._clock.now():
            at, key = heapq.heappop(self._next)
            due = self._kept.get(key)
            if due:
                self._kept.drop(key)
                with self._clock.held(at):
                    deed(due)

    def soonest(self) -> datetime:
        """When the next thing falls due; the end of time when there is none."""
        return self._next[0][0] if self._next else datetime.max.replace(tzinfo=UTC)
