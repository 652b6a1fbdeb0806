"""Named points around every commit and every call to PayPal of a story with money, where a test may have this process killed.

A function names the step it is; the one place that commits and the one that calls PayPal pass by here. Unarmed, that costs a comparison.
"""

import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextvars import ContextVar
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Run = Callable[P, Coroutine[Any, Any, T]]
Listener = Callable[[str], None]


class Kind(StrEnum):
    """What a step does at its points."""

    COMMIT = "commit of the database"
    CALL = "call of PayPal"


class Side(StrEnum):
    """Where a point lies."""

    BEFORE = "before"
    AFTER = "after"


class UnknownPoint(ValueError):
    """There is no point of this name."""


STEPS: dict[str, Kind] = {}
_names = {kind: ContextVar[str](f"step of a {kind}", default="") for kind in Kind}
_heard: list[Listener] = []


def commits(step: str) -> Callable[[Run[P, T]], Run[P, T]]:
    """Name what a function commits: the points are ``step.before`` and ``step.after``."""
    return _naming(step, Kind.COMMIT)


def calls(step: str) -> Callable[[Run[P, T]], Run[P, T]]:
    """Name what a function asks of PayPal, in the same way."""
    return _naming(step, Kind.CALL)


def _naming(step: str, kind: Kind) -> Callable[[Run[P, T]], Run[P, T]]:
    if step in STEPS:
        raise ValueError(f"two steps are called {step}")
    STEPS[step] = kind

    def name(run: Run[P, T]) -> Run[P, T]:
        @wraps(run)
        async def named(*args: P.args, **kwargs: P.kwargs) -> T:
            mark = _names[kind].set(step)
            try:
                return await run(*args, **kwargs)
            finally:
                _names[kind].reset(mark)

        return named

    return name


def points() -> Iterator[str]:
    """Yield every point there is."""
    for step in STEPS:
        yield from (f"{step}.{side}" for side in Side)


def hit(kind: Kind, side: Side) -> None:
    """Pass by a point of the step that is at work here."""
    if _heard:
        point = f"{_names[kind].get() or f'unnamed {kind}'}.{side}"
        for listener in _heard:
            listener(point)


def listen(listener: Listener) -> None:
    """Tell a listener of every point that is passed: for tests."""
    _heard.append(listener)


def arm(order: str) -> None:
    """Have this process killed at a point, such as ``capture.ask.after``, or at its third passing with ``#3`` behind; "" does nothing.

    Killed as by a power cut: nothing is finished, nobody is told. Raises UnknownPoint.
    """
    if not order:
        return
    point, _, number = order.partition("#")
    if point not in points() or not (number or "1").isdecimal():
        raise UnknownPoint(order)
    left = int(number or 1)

    def kill(passed: str) -> None:
        nonlocal left
        left -= passed == point
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    listen(kill)
