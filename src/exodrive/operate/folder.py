"""The data folder: who owns what in it, its secrets, its one lock, and where it goes when root's servant cannot."""

import fcntl
import hashlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from exodrive.operate.account import Account, servant

LONGEST_SOCKET = 100  # bytes; the systems' limits for a unix socket's name are 104 and 108
SHARED_HOME = Path("/var/lib/exodrive")


class FolderInUse(RuntimeError):
    """Another launcher runs over this data folder."""


def own_folder(path: Path, account: Account | None, mode: int) -> None:
    """Make a folder of ours, or set its owner and mode again; folders above it are left as they are."""
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        account.own(path, mode)
    elif path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)


def secret_file(path: Path, *, size: int = 24) -> str:
    """The secret kept in this file, made at first need; only its owner may read it."""
    if not path.exists():
        unfinished = path.with_name(path.name + ".part")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            file.write(secrets.token_urlsafe(size))
        unfinished.replace(path)
    return path.read_text().strip()


def default_folder() -> Path:
    """The folder under the XDG data dir."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "exodrive"


def usable(folder: Path) -> Path:
    """The folder itself, or one under /var/lib/exodrive when root's servant account may not enter a folder above it.

    Nobody's access to the folders above is ever widened for our sake.
    """
    folder = folder.expanduser().absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    account = servant()
    if account is None or account.may_enter(folder.parent):
        return folder
    own_folder(SHARED_HOME, None, 0o711)
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:10]
    return SHARED_HOME / f"{folder.name}-{mark}"


class FolderLock:
    """Held by the one launcher of a data folder for as long as it lives; the system lets go when it dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"

    def __enter__(self) -> Self:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, 20).decode().strip()
            os.close(self._file)
            raise FolderInUse(f"{self._path.parent} is in use by process {holder}: stop it first, or choose another folder.") from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        os.close(self._file)
