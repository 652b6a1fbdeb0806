"""Hearing a request out: an answer that is ready before its body has come waits for the rest.

A server that hangs up on a browser still sending loses its own answer on the way: the renter sees a broken connection and not the page
that says what was wrong. So the rest of a moderate body is read and thrown away first.
"""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from exodrive.web.shell.origin import SAFE

LARGEST = 4_000_000  # bytes read for nothing at most; who sends more is hung up on
SILENCE = 1.0  # seconds without a byte after which nobody is waited for any longer
LONGEST = 10.0  # seconds for all of it


def hear_out(app: ASGIApp) -> ASGIApp:
    """Wrap the app: its answers to unsafe requests start once the body has come, or cannot be waited for."""

    async def heard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] in SAFE:
            return await app(scope, receive, send)
        body = _Body(scope, receive)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and not body.has_come:
                await body.rest()
            await send(message)

        return await app(scope, body.receive, answer)

    return heard


class _Body:
    """What was received of a body so far; one that is announced as empty, or as too long to wait for, counts as come."""

    def __init__(self, scope: HTTPScope, receive: Receive) -> None:
        self._receive = receive
        self.has_come = not 0 < _announced(scope) <= LARGEST
        self._read = 0

    async def receive(self) -> HTTPReceiveMessage:
        message = await self._receive()
        if message["type"] == "http.request":
            self.has_come = self.has_come or not message.get("more_body", False)
            self._read += len(message.get("body", b""))
        else:
            self.has_come = True
        return message  # type: ignore[return-value]  # an http scope receives nothing else

    async def rest(self) -> None:
        """Read the rest for nothing, within bounds."""
        try:
            async with asyncio.timeout(LONGEST):
                while not self.has_come and self._read <= LARGEST:
                    async with asyncio.timeout(SILENCE):
                        await self.receive()
        except TimeoutError:
            self.has_come = True


def _announced(scope: HTTPScope) -> int:
    """Return the length of the body by its headers, in bytes; one that comes in chunks may be anything above nothing."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return 1
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
