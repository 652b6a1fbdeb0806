"""A script is cut where PostgreSQL would end its statements, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.operate.migrate.files import OURS
from exodrive.operate.migrate.statements import split


def texts(script: str) -> list[str]:
    return [statement.text for statement in split(script)]


@pytest.mark.parametrize(
    "statement",
    [
        "select ';'",
        "select 'it''s; fine'",
        r"select e'a\';b'",
        r"select E'a''b\\', 1",
        'select ";" from "a""b;c"',
        "select $$ ; $$",
        "select $a$ ; $$ ; $b$ ; $a$",
        "select $ä1$ ; $ä1$",
        "select 1 -- ; not here",
        "select /* ; /* ; */ ; */ 1",
        "select a$b$c from d$e$",
        "select $1, $2",
        "do $x$ begin perform 1; end $x$",
        "create function f() returns integer begin atomic select 1; select case when true then 2 end; end",
        "create function f() returns integer begin atomic select case a when 1 then case b when 2 then 3 end end; end",
        "create function begin() returns integer return 1",
        "select 'a' 'b;'\n  'c;'",
        r"select 'a\'",
        "select u&'d;\\0061t;a' uescape '!'",
        "select b'1', x'1f', n'a;b'",
        "select 1 as end",
    ],
)
def test_a_semicolon_inside_does_not_end_a_statement(statement: str) -> None:
    assert texts(f"{statement}\n;\n{statement}\n;") == [statement, statement]


def test_comments_and_empty_statements_between_are_left_out() -> None:
    script = "-- first;\nselect 1;;\n/* then; */ ; \n  select 2 -- done\n"
    assert texts(script) == ["select 1", "select 2 -- done"]


def test_a_statement_knows_its_line_and_its_verb() -> None:
    found = split("-- why\n\nselect 1;\n/* a\nb */ INSERT into x\nvalues (1); \\connect x")
    assert [(s.line, s.verb) for s in found] == [(3, "select"), (5, "insert"), (6, "\\")]


@pytest.mark.parametrize(
    ("script", "line"),
    [("select 1;\nselect 'open", 2), ('select "open', 1), ("\n\ndo $x$ begin", 3), ("/* /* */", 1), (r"select e'open\'", 1)],
)
def test_what_is_left_open_is_refused_with_its_line(script: str, line: int) -> None:
    with pytest.raises(ValueError, match=f"line {line}: "):
        split(script)


PIECES = st.one_of(
    st.text("ab1 \n\t(),.=", min_size=1, max_size=5),
    st.text("x; '", max_size=6).map(lambda s: "'" + s.replace("'", "''") + "' "),
    st.text('x;"', max_size=6).map(lambda s: ' "' + s.replace('"', '""') + '" '),
    st.text("x; '\"-", max_size=6).map(lambda s: f" $q${s}$q$ "),
    st.text("x; '\"$-", max_size=6).map(lambda s: f" /*{s}*/ "),
    st.text("x; '\"$*/", max_size=6).map(lambda s: f" --{s}\n"),
)
STATEMENTS = st.lists(PIECES, max_size=6).map(lambda pieces: "select " + "".join(pieces) + " 1")


@given(st.lists(STATEMENTS, max_size=5))
def test_joined_statements_come_apart_again(statements: list[str]) -> None:
    script = " ;\n".join(statements)
    assert texts(script) == statements


@given(st.text("a'\";$-/*\\ \ne", max_size=30))
def test_any_text_is_cut_without_loss_or_refused(script: str) -> None:
    """Nothing but blanks, comments and semicolons lies between the statements."""
    try:
        found = split(script)
    except ValueError:
        return
    place = 0
    for statement in found:
        start = script.index(statement.text, place)
        assert split(script[place:start]) == []
        place = start + len(statement.text)
    assert split(script[place:]) == []


@pytest.mark.parametrize("file", sorted(OURS.glob("*.sql")), ids=lambda file: file.name)
def test_our_own_files_are_cut_into_statements_that_begin_with_a_verb(file: object) -> None:
    found = split(file.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert found, "a migration without a statement does nothing"
    assert {s.verb for s in found} <= {"create", "alter", "grant", "revoke", "do", "update", "set", "insert", "drop"}
