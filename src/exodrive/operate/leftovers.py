"""Processes that a killed launcher left behind: remembered by number and start time, ended at the next start."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def identity(pid: int) -> str | None:
    """A text that names this very process, or None when there is none: numbers are used again, start times are not."""
    if sys.platform != "linux":
        return _identity_by_ps(pid)
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if facts[0] in "ZX" else f"{pid} {facts[19]} {_boot()}"


def _boot() -> str:
    """Which start of the machine this is; start times count from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _identity_by_ps(pid: int) -> str | None:
    """The same where there is no /proc."""
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    return None if not told or told.startswith("Z") else f"{pid} {told.partition(' ')[2].strip()}"


def command_of(pid: int) -> list[str]:
    """The words that a process was started with; none when there is no such process."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")[:-1]
        except (FileNotFoundError, ProcessLookupError):
            return []
    command = ["ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603


def write_pid_file(path: Path, pid: int) -> None:
    """Remember a process that we have just started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(identity(pid) or "")


def end_leftover(pid_file: Path, orders: Sequence[signal.Signals], patience: float = 10.0) -> bool:
    """End the process that `pid_file` remembers if it still runs; whether there was one."""
    remembered = pid_file.read_text() if pid_file.exists() else ""
    pid_file.unlink(missing_ok=True)
    if not remembered or identity(int(remembered.split()[0])) != remembered:
        return False
    end(int(remembered.split()[0]), orders, patience)
    return True


def end(pid: int, orders: Sequence[signal.Signals], patience: float = 10.0) -> None:
    """End a process that is not our child: each order in turn, `patience` seconds each, then SIGKILL."""
    known = identity(pid)
    for order in [*orders, signal.SIGKILL]:
        try:
            os.kill(pid, order)
        except ProcessLookupError:
            return
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if identity(pid) != known:
                return
            time.sleep(0.02)
