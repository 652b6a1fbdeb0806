"""The emulators as the processes they are: started, asked, killed, started again."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


class Running:
    """One emulator process with a client of its own; `json` is what most tests want back."""

    def __init__(self, name: str, *options: str, env: dict[str, str] | None = None, port: int = 0) -> None:
        command = [sys.executable, "-m", f"exodrive_emulators.{name}", "--port", str(port), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout
        ready = self.process.stdout.readline()
        assert ready.startswith("ready http://"), ready or self.errors()
        self.url = ready.split()[1]
        self.http = httpx.Client(base_url=self.url, timeout=10, verify=False)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def control(self, path: str, body: Any = None, method: str = "") -> Any:
        """A control call that has to succeed; POST when there is a body, else GET."""
        answer = self.http.request(method or ("GET" if body is None else "POST"), f"/control/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def reset(self) -> None:
        self.control("reset", {})

    def advance(self, **span: float) -> None:
        seconds = sum(span[unit] * worth for unit, worth in (("seconds", 1), ("hours", 3600), ("days", 86_400)) if unit in span)
        self.control("clock", {"advance": seconds})

    def fault(self, kind: str, path: str = "", method: str | None = None, **more: Any) -> None:
        self.control("faults", {"kind": kind, "match": {"method": method, "path_regex": path}, **more})

    def errors(self) -> str:
        """What it wrote to stderr, once it has ended."""
        assert self.process.stderr
        return self.process.stderr.read()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status; closes everything that belongs to it."""
        self.http.close()
        self.process.send_signal(number)
        status = self.process.wait(30)  # a crowded machine is slow to end things
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe
            pipe.close()
        return status


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """Something that takes its time while the test goes on; it is waited for in the end."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield thread
    thread.join(30)


def until(check: Any, seconds: float = 8.0) -> Any:
    """The first true value of `check()`; fails when it does not come in time."""
    end = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < end, "this did not happen in time"
        time.sleep(0.02)
    return value
