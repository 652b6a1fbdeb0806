"""The embedded Valkey: Redis for the demo and the tests, keeping what it was told in an append-only file."""

import signal
import socket
import time
from pathlib import Path
from types import TracebackType

from exodrive.operate import ports
from exodrive.operate.account import Account, servant
from exodrive.operate.binaries import readable_by, valkey_program
from exodrive.operate.child import Child
from exodrive.operate.folder import LONGEST_SOCKET, own_folder, secret_file
from exodrive.operate.leftovers import end_leftover
from exodrive.operate.postgres import PLAIN, ServerFailed

STOP = (signal.SIGTERM,)
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {store}
{socket}
daemonize no
databases {databases}
appendonly yes
appendfsync {fsync}
save ""
maxmemory-policy noeviction
logfile ""
"""


class Valkey:
    """One Valkey server over `folder`, listening on loopback and a unix socket, behind a password.

    `unsafe_fast` never waits for the disk and is for tests alone. Start it from the main thread.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        program: Path | None = None,
        log: Path | None = None,
        unsafe_fast: bool = False,
        databases: int = 16,
    ) -> None:
        self.folder = folder.resolve()
        self.port = port or 0
        self._chosen_program = program
        self._unsafe_fast = unsafe_fast
        self._databases = databases
        self._account: Account | None = servant()
        self._child = Child(
            name="Valkey",
            log=log or self.folder / "valkey.log",
            pid_file=self.folder / "valkey.pid",
            account=self._account,
            orders=STOP,
        )

    @property
    def child(self) -> Child:
        """The running process."""
        return self._child

    @property
    def password(self) -> str:
        """The password, made with the folder and kept in it."""
        return secret_file(self.folder / "password")

    def url(self, database: int = 0) -> str:
        """The address over loopback TCP."""
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/{database}"

    def socket_url(self, database: int = 0) -> str:
        """The address over the unix socket; over TCP when the folder's name is too long for one."""
        if not self._socket_fits():
            return self.url(database)
        return f"unix://:{self.password}@{self._socket}?db={database}"

    def __enter__(self) -> "Valkey":
        self.start()
        self.wait()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """End a leftover of a crashed launcher and start the server."""
        own_folder(self.folder, None, 0o711)
        end_leftover(self._child.pid_file, STOP)
        own_folder(self._store, self._account, 0o700)
        program = readable_by(self._account, valkey_program(self._chosen_program), self.folder / "programs")
        self.port = self.port or ports.any_free()
        self._child.start([program, self._configured()], env=PLAIN)

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until the server answers a ping; raises ServerFailed with the end of its log."""
        until = time.monotonic() + seconds
        while not self._answers():
            if self._child.ended() is not None:
                raise ServerFailed(f"Valkey did not start:\n{self._child.tail()}")
            if time.monotonic() > until:
                tail = self._child.tail()
                self.stop()
                raise ServerFailed(f"Valkey was not ready after {seconds:.0f} s:\n{tail}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server; everything it acknowledged is in its file."""
        self._child.stop()

    @property
    def _store(self) -> Path:
        return self.folder / "store"

    @property
    def _socket(self) -> Path:
        return self._store / "valkey.sock"

    def _socket_fits(self) -> bool:
        return len(str(self._socket)) <= LONGEST_SOCKET

    def _configured(self) -> Path:
        """The server's settings as a file that only its account may read: a command line is public."""
        path = self._store / "valkey.conf"
        text = CONFIGURATION.format(
            port=self.port,
            password=self.password,
            store=f'"{self._store}"',
            socket=f'unixsocket "{self._socket}"\nunixsocketperm 700' if self._socket_fits() else "",
            databases=self._databases,
            fsync="no" if self._unsafe_fast else "everysec",
        )
        path.touch(0o600)
        path.write_text(text)
        if self._account:
            self._account.own(path, 0o600)
        return path

    def _answers(self) -> bool:
        """Whether it greets us with our password: a stranger on the port would not, nor one still loading."""
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=1.0) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                told = b""
                while told.count(b"\r\n") < 2 and (more := line.recv(200)):
                    told += more
        except OSError:
            return False
        return told == b"+OK\r\n+PONG\r\n"
