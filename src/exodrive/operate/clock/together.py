"""One clock for the whole demo: it is moved at the PayPal emulator, which goes on in strides and waits at each for all others."""

import asyncio
import http.client
import json
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from exodrive.kit import clock
from exodrive.operate.clock import service, store

LOOKS = 0.25  # seconds between two looks at the leading clock
SAME = timedelta(milliseconds=1)
PATIENCE = 10.0  # seconds a process has to follow; one that is being started again finds the clock moved anyway
PROCESSES = ("web", "worker")
AWAY = (OSError, http.client.HTTPException, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Together:
    """Brings the others to PayPal's clock, in a thread of its own for as long as it is entered."""

    def __init__(self, paypal: str, mail: str, owner_url: str, processes: Iterable[str] = PROCESSES) -> None:
        self._clocks = (paypal, mail, owner_url, tuple(processes))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="clock", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(timeout=PATIENCE)

    def _follow(self) -> None:
        while not self._ended.wait(LOOKS):
            try:
                bring_together(*self._clocks)
            except AWAY:
                continue  # one of them is being started again


def bring_together(paypal: str, mail: str, owner_url: str, processes: Iterable[str] = PROCESSES) -> None:
    """Bring the mail emulator, the database and the processes that follow it to where PayPal's clock is, and tell PayPal.

    Nothing is done while PayPal knows that all are with it. Until it is told it sends no notice: none from days ahead, which
    would be taken for forged.
    """
    told = _ask(paypal)
    if told["together"]:
        return
    _ask(mail, {"shift": told["shift"]})
    asyncio.run(_bring_database(owner_url, timedelta(seconds=told["shift"]), set(processes)))
    _ask(paypal, {"shift": told["shift"]}, "/control/clock/followed")


async def _bring_database(owner_url: str, shift: timedelta, processes: set[str]) -> None:
    async with service.connection(owner_url) as db, _following(db, shift, processes) as all_followed:
        await store.move(db, shift)
        with suppress(TimeoutError):
            await asyncio.wait_for(all_followed.wait(), PATIENCE)


@asynccontextmanager
async def _following(db: store.Connection, shift: timedelta, processes: set[str]) -> AsyncIterator[asyncio.Event]:
    """Listen for what the processes tell of their clocks; the event comes when each of them is there."""
    all_followed, missing = asyncio.Event(), set(processes)

    def hear(*heard: Any) -> None:
        process, _, seconds = str(heard[-1]).rpartition(" ")
        if abs(timedelta(seconds=float(seconds)) - shift) < SAME:
            missing.discard(process)
        if not missing:
            all_followed.set()

    if not missing:
        all_followed.set()
    await db.add_listener(clock.CHANNEL, hear)
    try:
        yield all_followed
    finally:
        await db.remove_listener(clock.CHANNEL, hear)


def _ask(emulator: str, body: dict[str, float] | None = None, path: str = "/control/clock") -> Any:
    """What an emulator answers, to a POST with a body."""
    line = http.client.HTTPConnection(urlsplit(emulator).netloc, timeout=10)
    try:
        line.request("POST" if body else "GET", path, json.dumps(body) if body else None)
        return json.loads(line.getresponse().read())
    finally:
        line.close()
