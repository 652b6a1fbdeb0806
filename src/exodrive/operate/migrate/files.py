"""The migration files: their names, order, text and checksums."""

import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from exodrive.operate.migrate.errors import MigrationRefused
from exodrive.operate.migrate.statements import Statement, split

OURS = Path(__file__).parents[2] / "migrations"
_NAME = re.compile(r"(?P<version>[0-9]{14})_(?P<name>[a-z0-9_]+)\.sql")
# Each file is one transaction of the runner's; these would end it early, or wait for input that never comes.
_FORBIDDEN = {"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare", "copy", "\\"}


@dataclass(frozen=True)
class File:
    """One migration file."""

    version: str
    name: str
    text: str

    @property
    def filename(self) -> str:
        """The name in the folder."""
        return f"{self.version}_{self.name}.sql"

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal; line ends of other systems do not count."""
        return sha256(self.text.encode()).hexdigest()

    def statements(self) -> list[Statement]:
        """What the file does, in order. Raises MigrationRefused for what a file may not contain."""
        try:
            found = split(self.text)
        except ValueError as broken:
            raise MigrationRefused(f"{self.filename}, {broken}") from broken
        for statement in found:
            if statement.verb in _FORBIDDEN:
                raise MigrationRefused(
                    f"{self.filename}, line {statement.line}: {statement.verb} has no place in a migration, each file is one transaction"
                )
        return found


def read(folder: Path | None) -> list[File]:
    """Return the files of `folder` (ours if None) in order. Raises MigrationRefused for bad names and equal versions."""
    place = folder or OURS
    files = [_file(path) for path in sorted(place.iterdir()) if path.suffix == ".sql"]
    for older, newer in pairwise(files):
        if older.version == newer.version:
            raise MigrationRefused(f"{older.filename} and {newer.filename} have the same version; give the newer one a later number")
    return files


def _file(path: Path) -> File:
    if not (name := _NAME.fullmatch(path.name)):
        raise MigrationRefused(f"{path.name}: name migrations YYYYMMDDHHMMSS_what_it_does.sql")
    return File(name["version"], name["name"], path.read_text(encoding="utf-8"))
