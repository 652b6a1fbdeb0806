"""One server process of ours: started in a session of its own, dying with its launcher, its output kept in a log."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from exodrive.operate.account import Account
from exodrive.operate.leftovers import identity, write_pid_file

LARGEST_LOG = 5_000_000  # bytes; an older log is then set aside once
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int, how: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec: ask the kernel for `how` on the day `parent` dies (Linux only).

    The kernel means the spawning thread, so children are started from the main thread; and a change of account
    clears the wish, so this runs after it.
    """

    def ask() -> None:
        if sys.platform == "linux":
            _libc.prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:
            os._exit(1)

    return ask


@dataclass(kw_only=True)
class Child:
    """A process under our care. `orders` are tried in turn to end it, `patience` seconds each, before SIGKILL."""

    name: str
    log: Path
    pid_file: Path
    account: Account | None = None
    orders: Sequence[signal.Signals] = (signal.SIGTERM,)
    patience: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    _begins: int = field(default=0, init=False)  # where this run's lines begin in the log

    def start(self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        """Start the program; its output goes to the log."""
        self._make_room()
        who = self.account
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env) if env is not None else None,
                cwd=cwd or "/",
                start_new_session=True,
                user=who.uid if who else None,
                group=who.gid if who else None,
                extra_groups=[] if who else None,
                preexec_fn=die_with(os.getpid(), self.orders[0]),  # noqa: PLW1509 - we spawn from the main thread
            )
        write_pid_file(self.pid_file, self.process.pid)

    def _make_room(self) -> None:
        """Set a log that has grown too long aside, and remember where this run's lines begin."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        self._begins = self.log.stat().st_size if self.log.exists() else 0

    @property
    def pid(self) -> int | None:
        """The number of the running process, None when it was never started."""
        return self.process.pid if self.process else None

    def ended(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        if self.process is None:
            return 0
        if self.process.returncode is None and identity(self.process.pid) is None:
            self._end_group()
            self.process.wait()
        return self.process.returncode

    def stop(self) -> None:
        """End the process and everything left in its group; quiet when it has ended already."""
        if self.process is None:
            return
        for order in self.orders:
            if self._wait():
                break
            self.process.send_signal(order)
            self._wait(self.patience)
        self._end_group()
        self.process.wait()
        self.process = None
        self.pid_file.unlink(missing_ok=True)

    def _wait(self, seconds: float = 0.0) -> bool:
        """Whether the process is over within `seconds`, leaving its number taken so that its group is still ours."""
        assert self.process is not None
        if self.process.returncode is not None:
            return True
        until = time.monotonic() + seconds
        while True:
            if identity(self.process.pid) is None:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.01)

    def _end_group(self) -> None:
        """SIGKILL to what is left of the group; its number cannot be another's before we have waited for the leader."""
        assert self.process is not None
        if self.process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def tail(self, lines: int = 20) -> str:
        """The last lines that this run wrote to its log."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(self._begins, log.seek(0, os.SEEK_END) - 20_000))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
