"""The emulator's memory: tables of values, written through to one SQLite file when a folder is given.

What a request changed is on disk before its answer leaves, so a killed emulator forgets nothing it has promised.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")
_LAYOUT = "create table if not exists thing (kind text, id text, body blob not null, primary key (kind, id))"
_PUT = "insert into thing (kind, id, body) values (?, ?, ?) on conflict (kind, id) do update set body = excluded.body"
_DROP = "delete from thing where kind = ? and id = ?"


class Table(Generic[T]):
    """Values of one kind by id, in the order of their first keeping."""

    def __init__(self) -> None:
        self._things: dict[str, T] = {}
        self.changed: dict[str, None] = {}  # in the order in which they are written, and found again after a restart

    def get(self, key: str) -> T | None:
        """The value kept under `key`."""
        return self._things.get(key)

    def put(self, key: str, thing: T) -> T:
        """Keep `thing`; also how a change to a kept value is announced."""
        self._things[key] = thing
        self.changed[key] = None
        return thing

    def drop(self, key: str) -> None:
        """Forget one value."""
        if self._things.pop(key, None) is not None:
            self.changed[key] = None

    def clear(self) -> None:
        """Forget all."""
        self.changed.update(dict.fromkeys(self._things))
        self._things.clear()

    def load(self, key: str, thing: T) -> None:
        """A value that came from disk."""
        self._things[key] = thing

    def items(self) -> list[tuple[str, T]]:
        """All, with their ids."""
        return list(self._things.items())

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._things.values()))

    def __contains__(self, key: str) -> bool:
        return key in self._things

    def __len__(self) -> int:
        return len(self._things)


class Store:
    """Makes tables and commits them; without a folder everything lives in memory only."""

    def __init__(self, folder: Path | None) -> None:
        self._tables: dict[str, Table[Any]] = {}
        self._file = _open(folder) if folder else None

    def table(self, kind: str, thing: type[T]) -> Table[T]:
        """The table called `kind`, filled with what the last run kept."""
        table: Table[T] = Table()
        self._tables[kind] = table
        rows = self._file.execute("select id, body from thing where kind = ? order by rowid", (kind,)) if self._file else ()
        for key, body in rows:
            table.load(key, msgspec.json.decode(body, type=thing))
        return table

    def commit(self) -> None:
        """Write every change since the last commit, all or nothing."""
        changed = {kind: table for kind, table in self._tables.items() if table.changed}
        if self._file and changed:
            with self._file:
                for kind, table in changed.items():
                    self._write(kind, table)
        for table in changed.values():
            table.changed.clear()

    def _write(self, kind: str, table: Table[Any]) -> None:
        assert self._file
        things = {key: table.get(key) for key in table.changed}
        gone = [(kind, key) for key, thing in things.items() if thing is None]
        kept = [(kind, key, msgspec.json.encode(thing)) for key, thing in things.items() if thing is not None]
        self._file.executemany(_DROP, gone)
        self._file.executemany(_PUT, kept)

    def close(self) -> None:
        """Commit and let go of the file."""
        self.commit()
        if self._file:
            self._file.close()


def _open(folder: Path) -> Any:
    """The file of this folder; safe against a killed process, not against a power cut, which a stand-in may lose."""
    import sqlite3  # noqa: PLC0415  not paid for by those who keep nothing

    folder.mkdir(parents=True, exist_ok=True)
    file = sqlite3.connect(folder / "state.sqlite")
    file.execute("pragma journal_mode = wal")
    file.execute("pragma synchronous = off")
    file.execute(_LAYOUT)
    return file
