"""What a command tells the person at the terminal, and how long each step took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Telling:
    """Lines and steps, written through `write` (a text, without a line's end of its own)."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def say(self, line: str) -> None:
        """Tell one line."""
        self._write(f"{line}\n")

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Tell what is being done, and how long it took once it is."""
        began = time.monotonic()
        self._write(f"{doing} … ")
        try:
            yield
        except BaseException:
            self._write("\n")
            raise
        self._write(f"{time.monotonic() - began:.1f} s\n")
