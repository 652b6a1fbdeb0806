"""A clock that others follow: it moves on in strides, and at each of them the post waits until the others have come.

Without that a notice of what falls due on the way would reach a shop that lives days before it, or days after it.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

from exodrive_emulators.kit.clock import Clock

STRIDE = 12 * 3600.0  # seconds the clock goes on, at most, from the first thing that is due on the way
PATIENCE = 120.0  # seconds somebody waits for the end of a journey


class Journey:
    """Where the clock goes. Nobody follows unless `followed`, and then every move is a leap that is over at once."""

    def __init__(self, clock: Clock, *, followed: bool) -> None:
        self._clock, self._followed = clock, followed
        self._goal: float | None = None
        self._ended = asyncio.Event()
        self.together = not followed  # whether those who follow are where the clock is

    @property
    def is_under_way(self) -> bool:
        """Whether the clock is not yet where it was sent to, or others are not yet where it is."""
        return self._goal is not None or not self.together

    def begin(self, shift: float) -> None:
        """Go to so many seconds ahead of the real time: back at once, on at the next strides. Raises ValueError beyond a century."""
        self._clock.check(shift)
        self._goal = shift
        if not self._followed or shift <= self._clock.shift:
            self._go(shift)

    def stride(self, soonest: datetime) -> bool:
        """Go on, beyond `soonest` by a stride at most, if the others are here; whether anything has changed."""
        if self._goal is None or not self.together:
            return False
        self._go(min(self._goal, max(self._clock.shift, self._clock.shift_at(soonest)) + STRIDE))
        return True

    def follow(self, shift: float) -> None:
        """Somebody tells that all who follow are there."""
        self.together = self.together or abs(shift - self._clock.shift) < 0.001
        self._look()

    async def over(self) -> bool:
        """Wait for the end of the journey, not for ever; whether it has come."""
        if self.is_under_way:
            self._ended.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), PATIENCE)
        return not self.is_under_way

    def _go(self, shift: float) -> None:
        self._clock.put(shift)
        self.together = not self._followed
        if shift == self._goal:
            self._goal = None
        self._look()

    def _look(self) -> None:
        if not self.is_under_way:
            self._ended.set()
