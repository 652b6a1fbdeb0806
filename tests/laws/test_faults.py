"""The page of faults names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text()
#: Faults about money: each has a test that bears its number, and asserts all that its line says.
MONEY = frozenset({*range(1, 10), 16, 17, *range(21, 28)})
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


def test_a_test_that_bears_a_number_is_of_a_line_of_the_page_and_each_line_about_money_has_one() -> None:
    lines = {int(line.split("|")[1]): line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)}
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    told = {name: int(number) for text in texts for name, number in re.findall(r"def (test_scenario_(\d+)_\w+)", text)}
    assert set(told.values()) <= set(lines)
    astray = sorted(name for name, number in told.items() if number in MONEY and f"::{name}`" not in lines[number])
    assert not astray, f"docs/faults.md has them not on the line of their number: {astray}"
    assert not (lacking := MONEY - set(told.values())), f"no test bears the number of {sorted(lacking)}"
