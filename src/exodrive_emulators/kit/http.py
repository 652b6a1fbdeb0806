"""A request and an answer as plain values."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

JSON = "application/json"
HTML = "text/html; charset=utf-8"


class Request(msgspec.Struct):
    """One call: header names in lower case, a repeated header or parameter keeps its last value."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    params: dict[str, str] = {}
    slow: float = 0.0  # seconds the work itself takes: a fault sets it
    note: str = ""  # what the call list should say about this call
    issue: str = ""  # what the provider shall decline the call with: a fault sets it

    async def take_time(self) -> None:
        """The time the work takes; without a fault none, and nobody else gets a turn."""
        if self.slow:
            await asyncio.sleep(self.slow)

    def form(self) -> dict[str, str]:
        """Fields of a form body."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


class Answer(msgspec.Struct):
    """What goes back; the body may take `drip` seconds, or be `cut` short."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}
    drip: float = 0.0
    cut: bool = False


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """`value` as JSON; Decimals become strings."""
    return Answer(status, msgspec.json.encode(value), {"content-type": JSON, **(headers or {})})


def html_answer(status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A page."""
    return Answer(status, text.encode(), {"content-type": HTML, "cache-control": "no-store", **(headers or {})})


def see_other(address: str) -> Answer:
    """303: the browser goes there with GET."""
    return Answer(303, b"", {"location": address, "cache-control": "no-store"})
