"""The one PostgreSQL and the one Valkey of a test run, and a database of its own for each test worker."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

import asyncpg

from exodrive.operate.folder import FolderInUse, FolderLock
from exodrive.operate.logins import LOGINS
from exodrive.operate.postgres import Postgres
from exodrive.operate.valkey import Valkey
from tests import pooler

if TYPE_CHECKING:
    Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
else:
    Superuser = Any

TEMPLATE = "exodrive_template"
PREFIX = "exodrive-tests-"
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30


@dataclass(frozen=True)
class Servers:
    """Addresses of the run's servers; plain words, so that they can be handed to test workers.

    Both are spoken to through their sockets, as the demo does: a question through a port costs a sixth more.
    """

    superuser_url: str
    port_url: str
    redis_url: str
    redis_folder: str
    passwords: dict[str, str]
    pooler_port: int | None = None

    @property
    def pooler(self) -> str:
        """What EXODRIVE_DATABASE_POOLER is for these servers."""
        return "transaction" if self.pooler_port else ""

    def redis(self, database: int) -> str:
        """The address of one numbered Redis database (there are 64)."""
        return f"{self.redis_url.removesuffix('0')}{database}"

    def words(self) -> dict[str, object]:
        """What the controller hands to a worker."""
        return asdict(self)


@dataclass(frozen=True)
class Database:
    """The migrated database of one test worker."""

    servers: Servers
    name: str

    def url(self, login: str) -> str:
        """The address for `superuser`, or for one of our logins: web, checkout, staff, worker (pooled), owner (direct)."""
        if self.servers.pooler_port and login not in ("superuser", "owner"):
            place = urlsplit(self.servers.port_url)
            return self._url(login, place._replace(netloc=f"{place.hostname}:{self.servers.pooler_port}"))
        return self.direct_url(login)

    def direct_url(self, login: str) -> str:
        """The same, past a pooler."""
        return self._url(login, urlsplit(self.servers.superuser_url))

    def port_url(self, login: str) -> str:
        """The same by the server's port, for a line of a test's own in between."""
        return self._url(login, urlsplit(self.servers.port_url))

    def _url(self, login: str, server: SplitResult) -> str:
        user, _, place = server.netloc.rpartition("@")
        if login != "superuser":
            user = f"{LOGINS[login]}:{self.servers.passwords[LOGINS[login]]}"
        return urlunsplit(server._replace(netloc=f"{user}@{place}", path=f"/{self.name}"))


def scratch() -> Path:
    """Where servers of tests keep their files: in memory where that has room and runs programs, since a disk costs the kernel's time."""
    with suppress(OSError):
        found = os.statvfs(_MEMORY)
        if found.f_bavail * found.f_frsize >= _ROOM and not found.f_flag & os.ST_NOEXEC and os.access(_MEMORY, os.W_OK):
            return _MEMORY
    return Path(tempfile.gettempdir())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that a server's own account can reach: pytest's are closed to others whenever a run begins."""
    with tempfile.TemporaryDirectory(prefix="exodrive-open-", dir=scratch(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


class Running:
    """Both servers over a temporary folder, started once and stopped with the run."""

    def __init__(self, programs: Path | None = None) -> None:
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch()))
        self._folder.chmod(0o711)
        bouncer = pooler.program()
        self.pooler = pooler.Pooler(self._folder, bouncer) if bouncer else None
        self._lock = FolderLock(self._folder)
        self.postgres = Postgres(self._folder / "postgres", unsafe_fast=True, max_connections=400, programs=programs)
        self.valkey = Valkey(self._folder / "valkey", unsafe_fast=True, databases=64)

    def start(self) -> Servers:
        """Start both and wait until they answer."""
        self._lock.__enter__()
        self.valkey.start()
        self.postgres.start()
        self.valkey.wait()
        self.postgres.wait()
        passwords = {name: secrets.token_urlsafe(12) for name in LOGINS.values()}
        if self.pooler:
            self.pooler.start(self.postgres.port, passwords)
        port = self.pooler.port if self.pooler else None
        return Servers(self.postgres.socket_url(), self.postgres.url(), self.valkey.socket_url(), str(self.valkey.folder), passwords, port)

    def stop(self) -> None:
        """Stop both and forget everything."""
        if self.pooler:
            self.pooler.stop()
        self.postgres.stop()
        self.valkey.stop()
        self._lock.__exit__(None, None, None)
        shutil.rmtree(self._folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what runs that were killed left (a young folder may not be locked yet)."""
    for folder in scratch().glob(PREFIX + "*"):
        try:
            if time.time() - folder.stat().st_mtime > 60:
                with FolderLock(folder):
                    shutil.rmtree(folder, ignore_errors=True)
        except (FolderInUse, OSError):
            continue


async def make_database(servers: Servers, name: str) -> Database:
    """A fresh copy of the template."""
    async with _superuser(servers) as db:
        await _make_template(servers, db)
        await db.execute(f'drop database if exists "{name}" with (force)')
        await db.execute(f'create database "{name}" template {TEMPLATE} owner {LOGINS["owner"]}')
        # who may connect is not copied from a template; the roles themselves are the server's, and there
        await db.execute(f'revoke all on database "{name}" from public; grant connect on database "{name}" to {", ".join(LOGINS.values())}')
    return Database(servers, name)


async def _make_template(servers: Servers, gate: Superuser) -> None:
    """Create the roles and one migrated database, once a run: whichever test worker comes first does it."""
    from exodrive.operate.migrate import migrate

    await gate.execute("select pg_advisory_lock(1)")
    if not await gate.fetchval("select true from pg_database where datname = $1 and datistemplate", TEMPLATE):
        template = await make_empty(servers, TEMPLATE)
        await migrate(template.url("owner"))
        await gate.execute(f"alter database {TEMPLATE} is_template true")
    await gate.execute("select pg_advisory_unlock(1)")


async def drop_database(database: Database) -> None:
    """Forget a database, ending whoever is still connected to it."""
    async with _superuser(database.servers) as db:
        await db.execute(f'drop database if exists "{database.name}" with (force)')


async def make_empty(servers: Servers, name: str) -> Database:
    """A database with our roles in front of it and nothing in it."""
    from exodrive.operate.roles import create_roles

    database = Database(servers, name)
    await drop_database(database)
    await create_roles(servers.superuser_url, database=name, passwords=servers.passwords)
    return database


@asynccontextmanager
async def _superuser(servers: Servers) -> AsyncIterator[Superuser]:
    db = await asyncpg.connect(servers.superuser_url)
    try:
        yield db
    finally:
        await db.close()
