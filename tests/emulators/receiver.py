"""A listener for webhooks that answers as it is told and keeps what it got."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

import msgspec


class Got(NamedTuple):
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(msgspec.json.decode(self.body))


class Receiver:
    """`statuses` are used up one by one, then everything is answered with 200, `pause` seconds later."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.statuses: list[int] = []
        self.pause = 0.0
        self.at_once = self._now = 0  # how many were being answered at the same time, at most
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver._now += 1
                receiver.at_once = max(receiver.at_once, receiver._now)
                status = receiver.answer(Got({name.lower(): value for name, value in self.headers.items()}, body))
                time.sleep(receiver.pause)
                receiver._now -= 1
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def answer(self, got: Got) -> int:
        self.got.append(got)
        return self.statuses.pop(0) if self.statuses else 200

    def types(self) -> list[str]:
        return [got.event["event_type"] for got in self.got]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
