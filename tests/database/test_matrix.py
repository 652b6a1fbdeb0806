"""What each caller may do with each table equals the committed expectation, cell by cell."""

import difflib
from typing import Any

import pytest

from tests.database import matrix, rows
from tests.servers import Database

ANEW = ".venv/bin/python -m tests.database.matrix"


@pytest.fixture(scope="session")
async def explored(counted: Database) -> matrix.Cells:
    return await matrix.explore(counted.direct_url)


def test_every_caller_may_do_exactly_what_the_matrix_says(explored: matrix.Cells) -> None:
    found, expected = matrix.write(explored), matrix.EXPECTED.read_text(encoding="utf-8")
    changes = difflib.unified_diff(expected.splitlines(), found.splitlines(), "committed", "found", n=0, lineterm="")
    assert found == expected, f"read every line; if it is meant, run {ANEW}\n" + "\n".join(changes)


def test_a_login_by_itself_may_do_nothing(explored: matrix.Cells) -> None:
    answers = {a for lines in explored.values() for cell in lines.values() for name, a in cell.items() if name.startswith("bare:")}
    assert answers <= {".", "428C9"}  # the second is said of generated columns to everybody, before grants are looked at


def test_nobody_but_the_owner_of_the_tables_may_truncate(explored: matrix.Cells) -> None:
    others = {answer for lines in explored.values() for caller, answer in lines.get("truncate", {}).items() if caller != "owner"}
    assert others == {"."}


def test_a_dead_link_opens_nothing_that_anybody_could_not_see(explored: matrix.Cells) -> None:
    for lines in explored.values():
        for what, cell in lines.items():
            assert cell["expired"] == cell["revoked"]
            if what.startswith("select"):
                assert cell["expired"] in ("0", ".", cell["anon"])
            elif not what.startswith("call"):
                assert cell["expired"] in ("0", ".", "rls", "428C9")


def test_every_table_of_the_product_has_rows_to_hide(explored: matrix.Cells) -> None:
    tables = {name.removeprefix("public.") for name in explored if name.startswith("public.")}
    assert tables == set(rows.WORLD) == set(rows.INSERTS)


def test_a_new_column_without_a_line_fails(explored: matrix.Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    one_more: Any = {**explored["public.cars"], "select colour_of_seats": explored["public.cars"]["select colour"]}
    monkeypatch.setitem(explored, "public.cars", one_more)
    with pytest.raises(AssertionError, match="colour_of_seats"):
        test_every_caller_may_do_exactly_what_the_matrix_says(explored)
