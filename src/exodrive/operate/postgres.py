"""The embedded PostgreSQL: a cluster of our own in a folder, safe against kill -9 of its launcher."""

import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from exodrive.operate import ports
from exodrive.operate.account import Account, servant
from exodrive.operate.binaries import major_version, postgres_programs, readable_by
from exodrive.operate.child import Child
from exodrive.operate.folder import LONGEST_SOCKET, own_folder, secret_file
from exodrive.operate.leftovers import command_of, end, end_leftover

SUPERUSER = "postgres"
PLAIN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
FAST_STOP = (signal.SIGINT, signal.SIGQUIT)  # fast, then immediate: both keep every committed row
NO_TLS = "sslmode=disable"  # it has none, and being asked for it costs a round trip and an eighth of a connection
UNSAFE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class ServerFailed(RuntimeError):
    """A server did not start; the text ends with the last lines of its log."""


class Postgres:
    """One PostgreSQL server over `folder` (created at the first start), listening on loopback and a unix socket.

    `programs` names the folder of another PostgreSQL's programs. `unsafe_fast` gives up safety against a power cut,
    and hard work against guessed passwords; it is for tests alone. Start it from the main thread: the kernel ends
    it when that thread is gone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        programs: Path | None = None,
        log: Path | None = None,
        unsafe_fast: bool = False,
        max_connections: int = 100,
    ) -> None:
        self.folder = folder.resolve()
        self.port = port or 0
        self._chosen_programs = programs
        self._unsafe_fast = unsafe_fast
        self._max_connections = max_connections
        self._account: Account | None = servant()
        self._child = Child(
            name="PostgreSQL",
            log=log or self.folder / "postgres.log",
            pid_file=self.folder / "postgres.pid",
            account=self._account,
            orders=FAST_STOP,
        )

    @property
    def child(self) -> Child:
        """The running process."""
        return self._child

    @property
    def password(self) -> str:
        """The superuser's password, made with the cluster and kept beside it."""
        return secret_file(self.folder / "superuser-password")

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """The address over loopback TCP; without a password, the superuser's is used."""
        word = quote(password if password is not None else self.password, safe="")
        return f"postgresql://{quote(user, safe='')}:{word}@{ports.LOOPBACK}:{self.port}/{database}?{NO_TLS}"

    def socket_url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """The address over the unix socket, a little cheaper; over TCP when the folder's name is too long for one."""
        if not self._socket_fits():
            return self.url(user, password, database)
        word = quote(password if password is not None else self.password, safe="")
        host = quote(str(self._sockets), safe="")
        return f"postgresql://{quote(user, safe='')}:{word}@/{database}?host={host}&port={self.port}&{NO_TLS}"

    def __enter__(self) -> "Postgres":
        self.start()
        self.wait()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if there is none, end a leftover of a crashed launcher, and start the server."""
        own_folder(self.folder, None, 0o711)
        programs = self._programs()
        self._end_leftovers()
        own_folder(self._sockets, self._account, 0o755)
        if not self._cluster.exists():
            self._make_cluster(programs)
        self.port = self.port or ports.any_free()
        self._command = [str(programs / "postgres"), "-D", str(self._cluster), *self._options(programs)]
        self._child.start(self._command, env=PLAIN)

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until the server takes connections; raises ServerFailed with the end of its log."""
        until = time.monotonic() + seconds
        while not self._ready():
            if self._child.ended() is not None and not self._again():
                raise ServerFailed(f"PostgreSQL did not start:\n{self._child.tail()}")
            if time.monotonic() > until:
                tail = self._child.tail()
                self.stop()
                raise ServerFailed(f"PostgreSQL was not ready after {seconds:.0f} s:\n{tail}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, committed rows are kept."""
        self._child.stop()

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _sockets(self) -> Path:
        return self.folder / "socket"

    @property
    def _facts(self) -> Path:
        """Where a server tells its number, port and state."""
        return self._cluster / "postmaster.pid"

    def _socket_fits(self) -> bool:
        return len(str(self._sockets / ".s.PGSQL.65535.lock")) <= LONGEST_SOCKET

    def _programs(self) -> Path:
        chosen = postgres_programs(self._chosen_programs)
        return readable_by(self._account, chosen / "postgres", self.folder / "programs").parent

    def _ready(self) -> bool:
        """The eighth line of the server's own file says so, and the file is of this very process."""
        try:
            lines = self._facts.read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self._child.pid) and lines[7].strip() == "ready"

    def _again(self) -> bool:
        """Start once more when the backends of a killed server have not all gone yet."""
        if "shared memory block" not in self._child.tail():
            return False
        time.sleep(0.2)
        self._child.start(self._command, env=PLAIN)
        return True

    def _end_leftovers(self) -> None:
        """End a server that a killed launcher left on this cluster, and drop a file that names somebody else."""
        end_leftover(self._child.pid_file, FAST_STOP)
        if not self._facts.exists():
            return
        number = self._facts.read_text().partition("\n")[0].strip()
        if number.isdigit() and self._serves_us(int(number)):
            end(int(number), FAST_STOP)
        self._facts.unlink(missing_ok=True)

    def _serves_us(self, pid: int) -> bool:
        """Whether this process is a PostgreSQL over our cluster: a crash leaves numbers that are others' by now."""
        words = command_of(pid)
        return bool(words) and Path(words[0]).name.startswith("postgres") and str(self._cluster) in words

    def _make_cluster(self, programs: Path) -> None:
        """Run initdb beside the final place and move the result there, so that a broken-off start leaves nothing."""
        unfinished = self.folder / "cluster.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        own_folder(unfinished, self._account, 0o700)
        told = self.folder / "initdb.pw"
        told.write_text(self.password)
        told.chmod(0o600)
        if self._account:
            self._account.own(told, 0o600)
        try:
            self._initdb(programs, unfinished, told)
        finally:
            told.unlink()
        unfinished.rename(self._cluster)

    def _initdb(self, programs: Path, place: Path, password_file: Path) -> None:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if major_version(programs / "postgres") >= 17 else ["--locale=C.UTF-8"]
        maker = Child(
            name="initdb",
            log=self._child.log,
            pid_file=self.folder / "initdb.pid",
            account=self._account,
            orders=(signal.SIGKILL,),
        )
        end_leftover(maker.pid_file, maker.orders)
        command: list[str | Path] = [programs / "initdb", "-D", place, "-U", SUPERUSER, *locale, "--encoding=UTF8"]
        command += ["-A", "scram-sha-256", f"--pwfile={password_file}", "--data-checksums", "--no-instructions"]
        if self._unsafe_fast:
            command += ["--no-sync", *_words(_one_round(programs))]
        maker.start(command, env=PLAIN)
        while (status := maker.ended()) is None:
            time.sleep(0.01)
        maker.stop()
        if status != 0:
            raise ServerFailed(f"PostgreSQL's initdb failed:\n{maker.tail()}")

    def _options(self, programs: Path) -> list[str]:
        options = {
            "listen_addresses": ports.LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": str(self._sockets) if self._socket_fits() else "",
            "max_connections": str(self._max_connections),
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if major_version(programs / "postgres") >= 18:
            options["io_method"] = "sync"  # no processes of its own for reading ahead: a small cluster is in memory
        if self._unsafe_fast:
            options |= UNSAFE | _one_round(programs)
        return _words(options)


def _one_round(programs: Path) -> dict[str, str]:
    """Hash passwords once instead of the usual 4096 times, which are half of what a connection costs; from 16 on one may choose."""
    return {"scram_iterations": "1"} if major_version(programs / "postgres") >= 16 else {}


def _words(options: Mapping[str, str]) -> list[str]:
    return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
