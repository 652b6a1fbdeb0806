"""The system under test: the demo's own processes over a fresh folder, as in production but for the emulators."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from exodrive.operate import ports
from exodrive.operate.demo import DATABASE
from exodrive.operate.folder import FolderLock
from exodrive.operate.health import wait_until_healthy, wait_until_ready
from exodrive.operate.keys import Keys
from exodrive.operate.logins import LOGINS
from exodrive.operate.postgres import Postgres
from exodrive.operate.prepare import prepare
from exodrive.operate.supervisor import Family
from exodrive.operate.valkey import Valkey
from exodrive.operate.wiring import Process, Wiring

# As in production: nobody moves the clock. Load comes through a proxy that tells each renter's network.
SETTINGS = {"EXODRIVE_CLOCK": "real", "EXODRIVE_TRUSTED_PROXIES": "127.0.0.0/8"}


class System(NamedTuple):
    """A running system: real servers that keep every commit, one web process, one worker, PayPal and mail."""

    wiring: Wiring
    postgres: Postgres
    valkey: Valkey
    parts: dict[str, Process]

    @property
    def superuser(self) -> str:
        """The database as its superuser sees it."""
        return self.postgres.url(database=DATABASE)

    @property
    def log(self) -> Path:
        """Where PostgreSQL writes."""
        return self.postgres.child.log

    def groups(self) -> dict[str, list[psutil.Process]]:
        """The processes by group, children included."""
        leaders = {"web": self.parts["web"].child, "postgres": self.postgres.child, "valkey": self.valkey.child}
        leaders["worker"] = self.parts["worker"].child
        return {name: _family(child.pid or 0) for name, child in leaders.items()}


@contextmanager
def running() -> Iterator[System]:
    """Start a system with the demo's fleet; stop it and forget its data at the end."""
    folder = Path(tempfile.mkdtemp(prefix="exodrive-bench-"))
    folder.chmod(0o711)
    family = Family(print)
    try:
        with FolderLock(folder):
            yield _start(folder, family)
    finally:
        family.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, family: Family) -> System:
    for private in ("logs", "mail", "paypal", "pids"):
        (folder / private).mkdir(mode=0o700)
    postgres = Postgres(folder / "postgres", log=folder / "logs" / "postgres.log")
    valkey = Valkey(folder / "valkey", log=folder / "logs" / "valkey.log")
    family.add(valkey)
    family.add(postgres)
    wiring = _wire(folder, postgres, valkey)
    parts = {name: Process(wiring, name) for name in wiring.commands()}
    family.add(parts["paypal"])
    family.add(parts["mail"])
    postgres.wait()
    prepare(postgres.url(), wiring.databases, wiring.keys, database=DATABASE, public_url=wiring.web)
    valkey.wait()
    wait_until_ready(parts["paypal"].child)
    wait_until_ready(parts["mail"].child)
    family.add(parts["worker"])
    family.add(parts["web"])
    wait_until_healthy(parts["web"].child, wiring.web_port, "/healthz")
    return System(wiring, postgres, valkey, parts)


def _wire(folder: Path, postgres: Postgres, valkey: Valkey) -> Wiring:
    keys = Keys.of(folder)
    web, paypal, mail = (ports.any_free() for _ in range(3))
    return Wiring(
        folder=folder,
        keys=keys,
        databases={part: postgres.socket_url(name, keys.passwords[name], DATABASE) for part, name in LOGINS.items()},
        redis=valkey.socket_url(),
        web_port=web,
        paypal_port=paypal,
        mail_port=mail,
        more=SETTINGS,
    )


def _family(pid: int) -> list[psutil.Process]:
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]
