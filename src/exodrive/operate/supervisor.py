"""Keeping a family of processes running until a person or the system says stop."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from exodrive.operate.child import Child

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHORTEST_LIFE = 15.0  # seconds; a process that ends sooner after a restart is not started again


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or told us to end."""


class GaveUp(RuntimeError):
    """A process kept ending by itself; the text ends with the last lines of its log."""


class Part(Protocol):
    """A process, and how to start it again."""

    @property
    def child(self) -> Child:
        """The process."""

    def start(self) -> None:
        """Start it, or start it again."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first signal to stop into Stopped, raised here and now; later ones are ignored, so that stopping is whole."""
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise Stopped

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield
    finally:
        asked = True
        for number, handler in before.items():
            signal.signal(number, handler)


class Family:
    """Parts in the order they were started; they stop in the opposite order."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._parts: list[Part] = []
        self._restarted: dict[str, float] = {}

    def add(self, part: Part) -> None:
        """Start one more part and keep it."""
        self._parts.append(part)
        part.start()

    def stop(self) -> None:
        """Stop every part, the last started first."""
        while self._parts:
            self._parts.pop().child.stop()

    def watch(self) -> None:
        """Start again whatever ends by itself; raises GaveUp when that does not help. Returns never."""
        while True:
            for part in self._parts:
                if (status := part.child.ended()) is not None:
                    self._start_again(part, status)
            time.sleep(0.3)

    def _start_again(self, part: Part, status: int) -> None:
        name, now = part.child.name, time.monotonic()
        if now - self._restarted.get(name, -SHORTEST_LIFE) < SHORTEST_LIFE:
            raise GaveUp(f"{name} keeps ending ({status}):\n{part.child.tail()}")
        self._restarted[name] = now
        self._tell(f"{name} ended by itself ({status}); starting it again")
        part.start()
