"""`python -m bench [name ...]`: every table, or the named ones."""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path

from bench.figures import show

HERE = Path(__file__).parent
FIRST = ["start"]


def names() -> list[str]:
    """The modules that measure something."""
    found = sorted(path.stem for path in HERE.glob("*.py") if "\ndef measure" in path.read_text())
    return [*FIRST, *(name for name in found if name not in FIRST)]


def main() -> None:
    """Measure one after the other, so that none is in another's way."""
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} before")
    for name in sys.argv[1:] or names():
        module = import_module(f"bench.{name}")
        show((module.__doc__ or name).splitlines()[0], module.measure())


if __name__ == "__main__":
    main()
