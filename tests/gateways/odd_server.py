"""A real HTTP server that answers as oddly as it is told: garbled, slow, cut off, endless."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class OddServer:
    """Answers are taken from ``script`` in order; the token call answers by itself unless ``tokens`` says otherwise."""

    script: deque[Answering] = field(default_factory=deque)
    tokens: deque[Answering] = field(default_factory=deque)
    asked: list[Request] = field(default_factory=list)
    tokens_given: int = 0
    connections: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> "OddServer":
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def will(self, *answers: Answering) -> None:
        self.script.extend(answers)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (request := await read_request(reader)) is not None:
                await self._next_answer(request)(writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _next_answer(self, request: Request) -> Answering:
        if request.path == "/v1/oauth2/token":
            self.tokens_given += 1
            plain = answer(200, {"access_token": f"token-{self.tokens_given}", "expires_in": 32400})
            return self.tokens.popleft() if self.tokens else plain
        self.asked.append(request)
        return self.script.popleft() if self.script else answer(500, {"name": "NOTHING_LEFT_IN_THE_SCRIPT"})


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    line = await reader.readline()
    if not line:
        return None
    method, path, _ = line.decode().split(" ", 2)
    headers = {}
    while (header := (await reader.readline()).decode().strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


def answer(status: int, body: object = None, **headers: str) -> Answering:
    """A plain answer; keyword headers with ``_`` for ``-``."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}", "content-type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def raw(data: bytes) -> Answering:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return write


def cut_off(data: bytes = b"") -> Answering:
    """Send some bytes, then hang up."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()
        raise ConnectionResetError

    return write


async def silence(writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(30)


def drip(head: bytes, byte: bytes, pause: float) -> Answering:
    """A body that comes byte by byte, each in time, for ever."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(pause)

    return write


def flood(megabytes: int) -> Answering:
    """A body much longer than anybody needs; ends when the reader hangs up."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 X\r\ncontent-length: {megabytes * 1_000_000}\r\n\r\n".encode())
        for _ in range(megabytes * 10):
            writer.write(b"-" * 100_000)
            await writer.drain()

    return write
