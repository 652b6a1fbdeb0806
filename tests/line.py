"""A line between a program and its server that can be cut and frozen: a small TCP proxy in a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any


class Line:
    """Carries bytes from a port of its own to a server on loopback."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._flows = asyncio.Event()
        self._open = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._last = b""
        self.port = 0

    def start(self) -> None:
        """Take a port and carry."""
        self._thread.start()
        self._do(self._listen())

    def stop(self) -> None:
        """Hang up for good."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def cut(self) -> None:
        """Hang up on everybody; whoever calls is hung up on, until `mend`."""
        self._do(self._cut())

    def freeze(self) -> None:
        """Carry nothing, but do not hang up either."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def mend(self) -> None:
        """Carry again."""
        self._open = True
        self._loop.call_soon_threadsafe(self._flows.set)

    def hang_up_behind(self, words: bytes) -> None:
        """Carry these words to the server when they come next; who said them never hears its answer."""
        self._last = words

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        self._open = False
        for writer in self._writers:
            writer.transport.abort()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, there_writer}
        ways = [self._carry(reader, there_writer, answered_to=writer), self._carry(there_reader, writer)]
        await asyncio.gather(*ways)
        self._writers -= {writer, there_writer}

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answered_to: asyncio.StreamWriter | None = None
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                await self._flows.wait()
                writer.write(piece)
                if answered_to and self._last and self._last in piece:
                    self._last = b""
                    answered_to.transport.abort()
                await writer.drain()
        with suppress(OSError):
            writer.close()
