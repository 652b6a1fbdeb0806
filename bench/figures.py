"""Figures and how they are printed."""

from collections.abc import Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """One line of a table; `aim` is what we want it to be, empty when there is nothing to aim at; `note` says more."""

    what: str
    value: float
    unit: str
    aim: str = ""
    note: str = ""


def show(title: str, figures: Iterable[Figure]) -> None:
    """Print one table, each line as it becomes known."""
    print(f"\n{title}", flush=True)
    for figure in figures:
        aim = f"  (aim {figure.aim})" if figure.aim else ""
        line = f"  {figure.what:<58} {_short(figure.value):>10} {figure.unit:<6}{aim:<14}{figure.note}"
        print(line.rstrip(), flush=True)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"
