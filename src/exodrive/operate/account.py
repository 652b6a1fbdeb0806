"""Who the embedded servers run as: the launcher's own account, or `nobody` when the launcher is root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """An account of this machine that a child process drops to."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path, mode: int) -> None:
        """Give one file or folder of ours to this account."""
        os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def may_enter(self, path: Path) -> bool:
        """Whether this account can reach `path`, and read it if it is a file: every folder above lets it through."""
        path = path.resolve()
        above = [folder for folder in path.parents if folder.exists()]
        needs = stat.S_IXOTH if path.is_dir() else stat.S_IROTH
        return all(self._has(folder, stat.S_IXOTH) for folder in above) and (not path.exists() or self._has(path, needs))

    def _has(self, path: Path, bits: int) -> bool:
        """Whether the mode of `path` gives us `bits` (written as for everybody else)."""
        facts = path.stat()
        if facts.st_uid == self.uid:
            bits <<= 6
        elif facts.st_gid == self.gid:
            bits <<= 3
        return facts.st_mode & bits == bits


def servant() -> Account | None:
    """`nobody` when we are root, because PostgreSQL refuses to run as root; otherwise None: no change of account."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
