"""Points where a test has a process killed: named, counted, and silent unless somebody listens."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from exodrive.flows.checkout import hold  # noqa: F401  its steps are points
from exodrive.kit import failpoints
from exodrive.kit.failpoints import Kind, Side, UnknownPoint, calls, commits

STORY = """
import asyncio
from exodrive.flows.checkout import hold  # noqa: F401  its steps are points
from exodrive.kit import failpoints
from exodrive.kit.failpoints import Kind, Side, commits

@commits("shelf.fill")
async def fill():
    failpoints.hit(Kind.COMMIT, Side.BEFORE)
    print("filled", flush=True)
    failpoints.hit(Kind.COMMIT, Side.AFTER)

async def story():
    for _ in range(3):
        await fill()

failpoints.arm({order!r})
asyncio.run(story())
"""


@pytest.fixture
def heard() -> Iterator[list[str]]:
    passed: list[str] = []
    failpoints.listen(passed.append)
    yield passed
    failpoints._heard.remove(passed.append)


def run(order: str) -> tuple[int, int]:
    """How a process ends that is to be killed so, and how often it got through."""
    story = [sys.executable, "-c", STORY.format(order=order)]
    done = subprocess.run(story, capture_output=True, text=True, env={**os.environ}, check=False)
    return done.returncode, done.stdout.count("filled")


@pytest.fixture
def outer(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Coroutine[Any, Any, None]]:
    """A step that commits, and one within it that calls; the product's own steps stay apart."""
    monkeypatch.setattr(failpoints, "STEPS", {})

    @calls("test.inner")
    async def inner() -> None:
        failpoints.hit(Kind.COMMIT, Side.BEFORE)
        failpoints.hit(Kind.CALL, Side.AFTER)

    @commits("test.outer")
    async def outer() -> None:
        failpoints.hit(Kind.COMMIT, Side.BEFORE)
        await inner()
        failpoints.hit(Kind.COMMIT, Side.AFTER)

    return outer


async def test_a_point_has_the_name_of_the_innermost_step_of_its_kind(heard: list[str], outer: Any) -> None:
    await outer()
    assert heard == ["test.outer.before", "test.outer.before", "test.inner.after", "test.outer.after"]


async def test_what_no_step_names_is_heard_as_unnamed(heard: list[str]) -> None:
    failpoints.hit(Kind.CALL, Side.BEFORE)
    assert heard == ["unnamed call of PayPal.before"]


def test_two_steps_never_share_a_name(outer: Any) -> None:
    with pytest.raises(ValueError, match="two steps"):
        commits("test.outer")


@pytest.mark.parametrize(
    ("order", "filled"), [("shelf.fill.before", 0), ("shelf.fill.after", 1), ("shelf.fill.before#3", 2), ("shelf.fill.after#3", 3)]
)
def test_an_armed_process_dies_right_there(order: str, filled: int) -> None:
    assert run(order) == (-signal.SIGKILL, filled)


@pytest.mark.parametrize("order", ["", "shelf.fill.after#4"])
def test_it_lives_when_nothing_is_ordered_or_the_point_is_not_reached(order: str) -> None:
    assert run(order) == (0, 3)


@pytest.mark.parametrize("order", ["shelf.empty.before", "shelf.fill", "hold.claim.before#x", "unnamed commit of the database.before"])
def test_a_point_that_is_not_there_cannot_be_ordered(order: str) -> None:
    with pytest.raises(UnknownPoint):
        failpoints.arm(order)
