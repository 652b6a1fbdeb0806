"""PgBouncer in transaction mode between the tests and PostgreSQL, when TEST_POOLER names its program."""

import os
import time
from pathlib import Path

from exodrive.operate import ports
from exodrive.operate.account import servant
from exodrive.operate.child import Child
from exodrive.operate.health import NotHealthy

CONFIGURATION = """\
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 12
"""


def program() -> Path | None:
    """PgBouncer's program, None when the tests talk to PostgreSQL directly."""
    named = os.environ.get("TEST_POOLER")
    return Path(named) if named else None


class Pooler:
    """One PgBouncer in front of one server."""

    def __init__(self, folder: Path, program: Path) -> None:
        self._folder, self._program, self._account = folder, program, servant()
        self.port = ports.any_free()
        log = folder / "pgbouncer.log"
        self._child = Child(name="PgBouncer", log=log, pid_file=folder / "pgbouncer.pid", account=self._account)

    def start(self, server_port: int, passwords: dict[str, str]) -> None:
        """Start it for these logins and wait until it listens."""
        place = self._folder / "pgbouncer"
        place.mkdir()
        users = place / "users.txt"
        users.write_text("".join(f'"{name}" "{password}"\n' for name, password in passwords.items()))
        settings = place / "pgbouncer.ini"
        settings.write_text(CONFIGURATION.format(server=server_port, port=self.port, users=users))
        if self._account:
            for path in (place, users, settings):
                self._account.own(path, 0o700 if path is place else 0o600)
        self._child.start([self._program, settings])
        until = time.monotonic() + 10
        while ports.is_free(self.port):
            if self._child.ended() is not None or time.monotonic() > until:
                raise NotHealthy(f"PgBouncer did not start:\n{self._child.tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it."""
        self._child.stop()
