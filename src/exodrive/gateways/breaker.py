"""A circuit breaker: a provider that does not answer is left alone for some seconds, then one call tries whether it is back."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from exodrive.gateways.errors import Unreachable

_log = logging.getLogger(__name__)


class Resting(Unreachable):
    """Not done: nothing was sent, because the provider did not answer lately. ``seconds`` until it is tried again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("RESTING")
        self.seconds = seconds


class Breaker:
    """Counts calls in a row that found nobody at home; one per process and provider.

    After ``failures`` of them it lets nobody through for ``pause`` seconds; then one call is the probe, and the others still wait: it opens
    the way again, or begins another pause. ``failures`` of 0 never stops anybody.
    """

    def __init__(self, failures: int, pause: float, *, watch: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._pause = pause
        self._watch = watch
        self._failures = 0
        self._closed_until = 0.0
        self._is_probing = False

    @asynccontextmanager
    async def call(self) -> AsyncIterator["Call"]:
        """Make one call; raises Resting instead while the provider is left alone. The call says by ``away`` that nobody answered."""
        made, is_probe = Call(), self._admit()
        try:
            yield made
        except BaseException:
            made.is_known = made.is_away  # given up half-way: nothing is known unless the call said so
            raise
        finally:
            if is_probe:
                self._is_probing = False
            if made.is_known:
                self._learn(away=made.is_away)

    def _admit(self) -> bool:
        """Let a call through, and tell whether it is the probe; raises Resting."""
        if not self._is_broken:
            return False
        left = self._closed_until - self._watch()
        if left > 0 or self._is_probing:
            raise Resting(max(left, 0.0))
        self._is_probing = True
        return True

    @property
    def _is_broken(self) -> bool:
        return 0 < self._most <= self._failures

    def _learn(self, *, away: bool) -> None:
        was_broken = self._is_broken
        self._failures = self._failures + 1 if away else 0
        if self._is_broken:
            self._closed_until = self._watch() + self._pause
        if was_broken != self._is_broken:
            _log.warning("a provider is %s", "left alone for a while" if self._is_broken else "back", extra={"seconds": self._pause})


class Call:
    """How one call went."""

    def __init__(self) -> None:
        self.is_known = True
        self.is_away = False

    def away(self) -> None:
        """Say that nobody answered, or only that something is broken there."""
        self.is_away = True
