"""Compares the files with what the database remembers, and decides what to do, or why not to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exodrive.operate.migrate.errors import MigrationRefused
from exodrive.operate.migrate.files import File


class State(StrEnum):
    """How a version stands."""

    APPLIED = "applied"
    FOREIGN = "applied by another tool"
    PENDING = "pending"
    EDITED = "edited after it was applied"
    MISSING = "applied, but its file is missing"
    LATE = "older than the newest applied"


RUNS = {State.APPLIED, State.FOREIGN, State.PENDING}


@dataclass(frozen=True)
class Step:
    """One version and how it stands."""

    version: str
    name: str
    state: State


@dataclass(frozen=True)
class History:
    """What the database remembers: applied versions with their names, and checksums of those that we have seen."""

    names: Mapping[str, str]
    checksums: Mapping[str, str]


def compare(files: Sequence[File], history: History) -> list[Step]:
    """Return every version, in order, with its state."""
    newest = max(history.names, default="")
    steps = [Step(file.version, file.name, _state(file, history, newest)) for file in files]
    known = {file.version for file in files}
    lost = [Step(version, name, State.MISSING) for version, name in history.names.items() if version not in known]
    return sorted([*steps, *lost], key=lambda step: step.version)


def refuse(steps: Sequence[Step]) -> None:
    """Raise MigrationRefused naming every version that does not fit."""
    if wrong := [step for step in steps if step.state not in RUNS]:
        raise MigrationRefused("; ".join(f"{step.version}_{step.name}.sql: {step.state}" for step in wrong))


def _state(file: File, history: History, newest: str) -> State:
    if file.version not in history.names:
        return State.LATE if file.version < newest else State.PENDING
    if file.version not in history.checksums:
        return State.FOREIGN
    return State.APPLIED if history.checksums[file.version] == file.checksum else State.EDITED
