"""Every step of a story with money is passed by a story that is cut short there."""

import pkgutil
from importlib import import_module
from pathlib import Path

import exodrive.flows
from exodrive.kit.failpoints import STEPS

PASSED = Path(__file__).parents[1] / "crash" / "steps.txt"


def test_every_step_has_a_story_that_dies_there() -> None:
    """That it really does is seen by tests/crash; here only that nobody forgot to write one."""
    for module in pkgutil.walk_packages(exodrive.flows.__path__, "exodrive.flows."):
        import_module(module.name)
    known, passed = {step for step in STEPS if not step.startswith("test.")}, PASSED.read_text().split()
    assert sorted(known) == passed, (
        f"let a story of tests/crash/cases.py pass {sorted(known - set(passed))} and see it die there (pytest tests/crash), "
        f"then keep tests/crash/steps.txt in order; gone are {sorted(set(passed) - known)}"
    )
