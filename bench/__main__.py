"""`python -m bench [name ...]`: every table, or the named ones."""

import os
import platform
import re
import sys
from importlib import import_module
from pathlib import Path

import psutil

from bench.figures import show

HERE = Path(__file__).parent
FIRST = ["start"]


def names() -> list[str]:
    """The modules that measure something."""
    found = sorted(path.stem for path in HERE.glob("*.py") if "\ndef measure" in path.read_text())
    return [*FIRST, *(name for name in found if name not in FIRST)]


def machine() -> str:
    """What the figures are of: processor, cores, memory, and Python."""
    told = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", told.read_text()) if told.exists() else None
    cores, memory = os.cpu_count(), psutil.virtual_memory().total / 2**30
    return f"{model[1] if model else platform.machine()}, {cores} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def main() -> None:
    """Measure one after the other, so that none is in another's way."""
    print(f"{machine()}, load {os.getloadavg()[0]:.1f} before")
    for name in sys.argv[1:] or names():
        module = import_module(f"bench.{name}")
        show((module.__doc__ or name).splitlines()[0], module.measure())


if __name__ == "__main__":
    main()
