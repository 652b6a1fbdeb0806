"""The list of calls an emulator received, for tests that count."""

from collections import deque

import msgspec

from exodrive_emulators.kit.http import Request

KEPT = 50_000


class Call(msgspec.Struct):
    """One call; `status` stays empty while it runs and when its answer was never sent."""

    number: int
    at: str
    method: str
    path: str
    request_id: str
    status: int | None = None
    fault: str = ""
    note: str = ""


class Calls:
    """The latest calls, oldest first; `key_header` is the provider's idempotency header."""

    def __init__(self, key_header: str) -> None:
        self._key_header = key_header
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._count = 0

    def arrived(self, request: Request, at: str) -> Call:
        """Note a call on arrival."""
        self._count += 1
        call = Call(self._count, at, request.method, request.path, request.headers.get(self._key_header, ""))
        self._calls.append(call)
        return call

    def list(self) -> list[Call]:
        """All of them."""
        return [*self._calls]

    def clear(self) -> None:
        """Forget all; numbers go on."""
        self._calls.clear()
