"""One clock for the whole demo: it is moved at the PayPal emulator, and the database and the mail emulator follow."""

import asyncio
import http.client
import json
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from exodrive.operate.clock.service import move, shift_of

LOOKS = 1.0  # seconds between two looks at the leading clock
SAME = timedelta(milliseconds=500)
AWAY = (OSError, http.client.HTTPException, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Together:
    """Follows in a thread of its own for as long as it is entered. The product's processes follow their database."""

    def __init__(self, paypal: str, mail: str, owner_url: str) -> None:
        self._paypal, self._mail, self._owner_url = paypal, mail, owner_url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="clock", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(timeout=10)

    def _follow(self) -> None:
        while not self._ended.wait(LOOKS):
            try:
                bring_together(self._paypal, self._mail, self._owner_url)
            except AWAY:
                continue  # one of them is being started again


def bring_together(paypal: str, mail: str, owner_url: str) -> None:
    """Move the database's and the mail emulator's clock to where the PayPal emulator's is, if they are not there."""
    shift = timedelta(seconds=float(_ask(paypal)["shift"]))
    if abs(timedelta(seconds=float(_ask(mail)["shift"])) - shift) > SAME:
        _ask(mail, {"shift": shift.total_seconds()})
    if abs(asyncio.run(shift_of(owner_url)) - shift) > SAME:
        asyncio.run(move(owner_url, shift))


def _ask(emulator: str, body: dict[str, float] | None = None) -> Any:
    """The clock of an emulator, moved before with a body."""
    line = http.client.HTTPConnection(urlsplit(emulator).netloc, timeout=10)
    try:
        line.request("POST" if body else "GET", "/control/clock", json.dumps(body) if body else None)
        return json.loads(line.getresponse().read())
    finally:
        line.close()
