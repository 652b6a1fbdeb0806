"""The page of faults names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_fault_names_tests_that_exist() -> None:
    assert len(NAMED) > 40
    gone = [f"{path}::{name}" for path, name in NAMED if not (ROOT / path).exists() or name not in names_in(path)]
    assert not gone, "docs/faults.md names tests that are not there:\n" + "\n".join(gone)


def test_every_fault_has_a_test_and_a_number_of_its_own() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [line for line in rows if "::test_" not in line] == []
    numbers = [int(line.split("|")[1]) for line in rows]
    assert numbers == sorted(set(numbers))


def test_scenarios_named_in_tests_are_on_the_page() -> None:
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    told = {int(number) for text in texts for number in re.findall(r"def test_scenario_(\d+)_", text)}
    assert told
    assert {number for number in told if f"\n| {number} |" not in PAGE} == set()
