"""The emulator's time: the real time plus a shift that tests and the demo may move."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec

from exodrive_emulators.kit.store import Store

CENTURY = 100 * 365.25 * 86_400


class Shift(msgspec.Struct):
    """How far this clock is ahead of the real one."""

    seconds: float = 0.0


class Clock:
    """Aware UTC times; the shift survives a restart."""

    def __init__(self, store: Store) -> None:
        self._kept = store.table("clock", Shift)
        self._held: datetime | None = None

    @property
    def shift(self) -> float:
        """Seconds ahead of the real time."""
        kept = self._kept.get("shift")
        return kept.seconds if kept else 0.0

    def now(self) -> datetime:
        """The moment it is here."""
        return self._held or self._running()

    @contextmanager
    def held(self, moment: datetime) -> Iterator[None]:
        """For the work within, which must not wait for anything, it is `moment`: something falls due."""
        self._held = moment
        try:
            yield
        finally:
            self._held = None

    def _running(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.shift, UTC)

    def put(self, seconds: float) -> None:
        """Be so many seconds ahead of the real time; raises ValueError beyond a century."""
        self.check(seconds)
        self._kept.put("shift", Shift(seconds))

    @staticmethod
    def check(seconds: float) -> None:
        """Raise ValueError for a shift beyond a century."""
        if not abs(seconds) <= CENTURY:
            raise ValueError("the clock goes a century ahead at most")

    def shift_at(self, moment: datetime) -> float:
        """The shift with which it would be `moment` now."""
        return self.shift + (moment - self.now()).total_seconds()

    def reset(self) -> None:
        """Back to the real time."""
        self._kept.clear()

    def after(self, span: timedelta) -> datetime:
        """The moment `span` from now."""
        return self.now() + span


def stamp(moment: datetime) -> str:
    """As the providers write times: 2026-06-01T10:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_ms(moment: datetime) -> str:
    """The same with milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
