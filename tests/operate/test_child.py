"""A process under our care: how it starts, how it ends, and what is told of it."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from exodrive.operate.child import Child
from exodrive.operate.leftovers import end_leftover, identity, write_pid_file
from tests.operate.conftest import lives

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
WITH_A_CHILD = (
    "import subprocess, sys, time;"
    "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(c.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def child(tmp_path: Path) -> Child:
    return Child(name="one", log=tmp_path / "logs" / "one.log", pid_file=tmp_path / "pids" / "one", patience=0.5)


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_process_deaf_to_orders_is_killed(child: Child) -> None:
    child.start(python(DEAF))
    until(lambda: "up" in child.tail())
    pid = child.pid
    child.stop()
    assert not psutil.pid_exists(pid)
    assert not child.pid_file.exists()


def test_what_it_started_goes_with_it(child: Child) -> None:
    child.start(python(WITH_A_CHILD))
    until(lambda: child.tail().strip().isdigit())
    below = psutil.Process(int(child.tail()))
    child.stop()
    until(lambda: not lives(below))


def test_what_it_started_goes_with_it_when_it_is_killed(child: Child) -> None:
    child.start(python(WITH_A_CHILD))
    until(lambda: child.tail().strip().isdigit())
    below = psutil.Process(int(child.tail()))
    os.kill(child.pid, signal.SIGKILL)
    until(lambda: child.ended() is not None)
    assert child.ended() == -signal.SIGKILL
    until(lambda: not lives(below))


def test_only_this_run_is_told(child: Child) -> None:
    child.start(python("print('first')"))
    until(lambda: child.ended() is not None)
    child.start(python("print('second'); raise SystemExit(3)"))
    until(lambda: child.ended() is not None)
    assert child.ended() == 3
    assert child.tail() == "second"
    assert child.log.read_text() == "first\nsecond\n"


def test_a_log_that_has_grown_too_long_is_set_aside(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exodrive.operate.child.LARGEST_LOG", 3)
    for word in ("first", "second"):
        child.start(python(f"print('{word}')"))
        until(lambda: child.ended() is not None)
    assert child.log.read_text() == "second\n"
    assert child.log.with_suffix(".old.log").read_text() == "first\n"


def test_a_leftover_is_ended(child: Child) -> None:
    child.start(python("import time; time.sleep(60)"))
    pid = child.pid
    assert end_leftover(child.pid_file, (signal.SIGTERM,))
    assert identity(pid) is None
    assert child.ended() == -signal.SIGTERM


def test_a_number_that_is_somebody_elses_by_now_is_left_alone(child: Child, tmp_path: Path) -> None:
    child.start(python("import time; time.sleep(60)"))
    old = tmp_path / "old"
    write_pid_file(old, child.pid)
    number, started, boot = old.read_text().split()
    old.write_text(f"{number} {int(started) - 1} {boot}")
    assert not end_leftover(old, (signal.SIGTERM,))
    assert child.ended() is None
    child.stop()
