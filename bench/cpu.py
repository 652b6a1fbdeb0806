"""Processor time of a running system, by group of processes, as the kernel's scheduler has counted it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.system import System

TICKS = os.sysconf("SC_CLK_TCK")
Spent = dict[str, float]


@contextmanager
def metered(system: System) -> Iterator[Spent]:
    """Yield a dictionary that holds, afterwards, the seconds each group has spent meanwhile."""
    spent: Spent = {}
    before = _now(system)
    yield spent
    after = _now(system)
    spent |= {group: after[group] - before[group] for group in after}


def _now(system: System) -> Mapping[str, float]:
    return {group: sum(_seconds(process.pid) for process in processes) for group, processes in system.groups().items()}


def _seconds(pid: int) -> float:
    """User and system time of a process, its threads, and the children it has waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS
