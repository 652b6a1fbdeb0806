"""Start and memory of the demo: all its processes together."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from bench.figures import Figure
from exodrive.operate import ports

SOURCES = Path(__file__).parent.parent / "src"
IDLE = 10  # seconds


class Demo:
    """A running demo over `folder`, started from the sources in `sources`; `seconds` until the first page had come."""

    def __init__(self, folder: Path, sources: Path) -> None:
        command = [sys.executable, "-P", "-m", "exodrive", "demo", "--data", str(folder), "--port", str(ports.any_free())]
        environment = {**os.environ, "PYTHONPATH": str(sources), "PYTHONUNBUFFERED": "1"}
        began = time.monotonic()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        self.url = self._shop()
        self.page("/")
        self.seconds = time.monotonic() - began

    def _shop(self) -> str:
        """Read what it tells until it tells the shop's address."""
        assert self._process.stdout
        told = ""
        for line in self._process.stdout:
            told += line
            if found := re.search(r"Shop\s+(http://\S+)/", line):
                return found[1]
        raise SystemExit(f"the demo did not start:\n{told}")

    def page(self, path: str) -> None:
        """Fetch one page."""
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            assert answer.status == 200
            answer.read()

    def memory(self) -> float:
        """Proportional set size of the launcher and everything below it, in MB."""
        launcher = psutil.Process(self._process.pid)
        return sum(_pss(process.pid) for process in [launcher, *launcher.children(recursive=True)])

    def idle(self) -> float:
        """Milliseconds of processor that all processes together spend in a second in which nobody asks for anything."""
        family = [launcher := psutil.Process(self._process.pid), *launcher.children(recursive=True)]
        before = [_spent(process) for process in family]
        time.sleep(IDLE)
        return 1000 * sum(max(_spent(process) - then, 0) for process, then in zip(family, before, strict=True)) / IDLE

    def processes(self) -> int:
        """How many processes it is."""
        return 1 + len(psutil.Process(self._process.pid).children(recursive=True))

    def stop(self) -> float:
        """Press Ctrl-C; seconds until all has stopped."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=60)
        return time.monotonic() - began


def measure() -> Iterator[Figure]:
    """A first start as after installation (nothing compiled of ours, no data), then a second one."""
    place = Path(tempfile.mkdtemp(prefix="exodrive-bench-"))
    place.chmod(0o711)
    try:
        sources = place / "src"
        shutil.copytree(SOURCES, sources, ignore=shutil.ignore_patterns("__pycache__"))
        first = Demo(place / "data", sources)
        yield Figure("first start after installation, to the first page", first.seconds, "s", "≤ 12")
        yield Figure("Ctrl-C until all has stopped", first.stop(), "s")
        second = Demo(place / "data", sources)
        yield Figure("second start, to the first page", second.seconds, "s", "≤ 5")
        for path in ("/cars", "/healthz", "/"):
            second.page(path)
        yield Figure(f"memory of all {second.processes()} processes (PSS)", second.memory(), "MB", "≤ 500")
        yield Figure("doing nothing, all processes", second.idle(), "ms/s", note=f"over {IDLE} s")
        second.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _spent(process: psutil.Process) -> float:
    """Seconds of processor; none for one that has ended."""
    with suppress(psutil.NoSuchProcess):
        return sum(process.cpu_times()[:2])
    return 0.0


def _pss(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1000 if found else 0.0
