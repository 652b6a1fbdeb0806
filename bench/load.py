"""Requests over loopback from this process: a few connections kept open, each sending its next request when the answer is there."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from statistics import quantiles
from typing import NamedTuple

from exodrive.operate.ports import LOOPBACK

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Answer(NamedTuple):
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


def get(path: str, **headers: str) -> bytes:
    """A GET request as it goes over the wire; underscores in header names are dashes."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n{_lines(headers)}\r\n".encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A JSON request as it goes over the wire."""
    start = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{start}{_lines(headers)}\r\n".encode() + body


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())


def send(port: int, requests: Iterable[bytes], *, at_once: int) -> list[Answer]:
    """Send all requests over so many connections, which are open before the first is sent; the answers in the order they came."""
    return asyncio.run(_send(port, iter(requests), at_once))


def percentile(answers: Iterable[Answer], number: int) -> float:
    """The milliseconds within which so many of a hundred answers came."""
    return quantiles((answer.seconds * 1000 for answer in answers), n=100)[number - 1]


async def _send(port: int, requests: Iterator[bytes], at_once: int) -> list[Answer]:
    answers: list[Answer] = []
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(lambda: _Line(requests, answers), LOOPBACK, port))[1] for _ in range(at_once)]
    for line in lines:
        line.next()
    await asyncio.gather(*(line.done for line in lines))
    return answers


class _Line(asyncio.Protocol):
    """One connection: HTTP/1.1 as far as our own server speaks it, with a length on every answer."""

    def __init__(self, requests: Iterator[bytes], answers: list[Answer]) -> None:
        self._requests, self._answers = requests, answers
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def next(self) -> None:
        """Send the next request, or close when there is none."""
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._got = b""
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end:
            return
        found = _LENGTH.search(head + b"\r\n")
        assert found, head
        if len(body) >= int(found[1]):
            self._answers.append(Answer(int(head[9:12]), body, time.perf_counter() - self._sent))
            self.next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))
