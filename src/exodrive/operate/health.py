"""Waiting until a process of ours answers, or telling why it did not."""

import http.client
import time

from exodrive.operate.child import Child
from exodrive.operate.ports import LOOPBACK


class NotHealthy(RuntimeError):
    """A process ended or did not answer in time; the text ends with the last lines of its log."""


def wait_until_healthy(child: Child, port: int, path: str, *, seconds: float = 60.0) -> None:
    """Ask for `path` until the process answers 200; raises NotHealthy with the end of its log."""
    until = time.monotonic() + seconds
    while _status(port, path) != http.HTTPStatus.OK or child.ended() is not None:
        if (status := child.ended()) is not None:
            raise NotHealthy(f"{child.name} ended at once ({status}):\n{child.tail()}")
        if time.monotonic() > until:
            raise NotHealthy(f"{child.name} did not answer within {seconds:.0f} s:\n{child.tail()}")
        time.sleep(0.02)


def wait_until_ready(child: Child, *, seconds: float = 60.0) -> None:
    """Wait for the line `ready http://…` of an emulator; raises NotHealthy with the end of its log."""
    until = time.monotonic() + seconds
    while not any(line.startswith("ready ") for line in child.tail(50).splitlines()):
        if (status := child.ended()) is not None:
            raise NotHealthy(f"{child.name} ended at once ({status}):\n{child.tail()}")
        if time.monotonic() > until:
            raise NotHealthy(f"{child.name} was not ready within {seconds:.0f} s:\n{child.tail()}")
        time.sleep(0.02)


def _status(port: int, path: str) -> int | None:
    """The status of one request, None when nobody answers yet."""
    line = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
