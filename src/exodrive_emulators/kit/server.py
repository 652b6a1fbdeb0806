"""HTTP/1.1 on asyncio and h11: small, quick to start, and able to drop a connection without answering.

A faithful "the answer was lost" needs the last of these: servers with a framework under them turn silence into a 500.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, unquote

import h11

from exodrive_emulators.kit.http import Answer, Request

Handler = Callable[[Request], Awaitable[Answer]]
MAX_BODY = 48 * 1024 * 1024


class Dropped(Exception):
    """The connection ends here, without an answer; `reset` is ruder than closing it."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self.reset = reset


async def serve(handler: Handler, listening: socket.socket) -> asyncio.Server:
    """Answer every connection to `listening` with `handler`."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Talk(handler, reader, writer).run()

    return await asyncio.start_server(talk, sock=listening, backlog=512)


class _Talk:
    """One connection: any number of exchanges, one after the other."""

    def __init__(self, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._handler, self._reader, self._writer = handler, reader, writer
        self._wire = h11.Connection(h11.SERVER)

    async def run(self) -> None:
        try:
            while await self._exchange():
                self._wire.start_next_cycle()
        except (Dropped, ConnectionError, h11.ProtocolError) as end:
            if isinstance(end, Dropped) and end.reset:
                _linger_no_more(self._writer.get_extra_info("socket"))
            self._writer.transport.abort()
        except asyncio.CancelledError:
            return  # the process ends
        finally:
            self._writer.close()

    async def _exchange(self) -> bool:
        """One request and its answer; False when the connection is done."""
        head = await self._event()
        if not isinstance(head, h11.Request):
            return False
        answer = await self._handler(_request(head, await self._body()))
        await self._send(answer, with_body=head.method != b"HEAD")
        await self._writer.drain()
        return self._wire.our_state is h11.DONE and self._wire.their_state is h11.DONE

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(part := await self._event(), h11.Data):
            body += part.data
            if len(body) > MAX_BODY:
                raise Dropped
        return bytes(body)

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._wire.next_event()) is h11.NEED_DATA:
            if self._wire.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self._wire.receive_data(await self._reader.read(65536))
        return event

    async def _send(self, answer: Answer, *, with_body: bool) -> None:
        headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
        if answer.status in (204, 304):
            headers.pop()
        start = h11.Response(status_code=answer.status, headers=headers)
        if with_body and (answer.drip or answer.cut):
            self._write(start)
            await self._trickle(answer)
            self._write(h11.EndOfMessage())
            return
        body = [h11.Data(data=answer.body)] if answer.body and with_body else []
        self._write(start, *body, h11.EndOfMessage())

    async def _trickle(self, answer: Answer) -> None:
        """The body in ten pieces over its time, or half of it."""
        size = max(1, -(-len(answer.body) // 10))
        pieces = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
        for number, piece in enumerate(pieces):
            if answer.cut and number >= len(pieces) / 2:
                raise Dropped
            await asyncio.sleep(answer.drip / len(pieces))
            self._write(h11.Data(data=piece))
            await self._writer.drain()

    def _write(self, *events: h11.Event) -> None:
        """In one piece: two would wait for each other's acknowledgement."""
        self._writer.write(b"".join(self._wire.send(event) or b"" for event in events))


def _linger_no_more(wire: socket.socket) -> None:
    """Closing it now sends a reset."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _request(head: h11.Request, body: bytes) -> Request:
    path, _, query = head.target.decode("ascii").partition("?")
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    fields = dict(parse_qsl(query, keep_blank_values=True))
    return Request(head.method.decode("ascii"), unquote(path), fields, headers, body)
