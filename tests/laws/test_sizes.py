"""The laws of size: what is longer than one can hold in one's head says why, in place.

Functions of thirty lines and files of 250, in every language we write. Tests are lists of short stories, read one at a time: a file of
them may have 400. A reason is written where the length is: ``# long: why`` above a function, or at the head of a file as a comment of
its language (``/* long: why */``, ``-- long: why``).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.laws.source import functions

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "bench", "tools")
KINDS = {".py", ".js", ".mjs", ".css", ".sql", ".html", ".sh", ".typ"}
NOT_OURS = {"vendor", "node_modules"}

LONGEST_FUNCTION = 30
LONGEST_FILE = 250
LONGEST_FILE_OF_STORIES = 400
HEAD = 10  # lines of a file where its reason is looked for: one further down belongs to a function
REASON = re.compile(r"(#|--|//|/\*) long: \w+ \w+")
# A migration that has shipped is never edited, not even to excuse itself.
SHIPPED = {"src/exodrive/migrations/20261101000300_bookings.sql": "bookings and the four tables that make one whole"}


def ours() -> Iterator[tuple[str, str]]:
    """Every file that we wrote by hand, by its name, with its text."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KINDS and not NOT_OURS & set(path.parts):
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def too_long(name: str, text: str) -> bool:
    """Whether a file is too long and does not say why."""
    stories = Path(name).name.startswith("test_")
    longest = LONGEST_FILE_OF_STORIES if stories else LONGEST_FILE
    return text.count("\n") > longest and not REASON.search("\n".join(text.splitlines()[:HEAD]))


def long_functions(text: str) -> Iterator[str]:
    """The functions that are too long and do not say why."""
    lines = ["", *text.splitlines()]
    for function in functions(ast.parse(text)):
        length = (function.end_lineno or 0) - function.lineno + 1
        above = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)]) - 1
        if length > LONGEST_FUNCTION and not REASON.search(lines[above] + lines[function.lineno]):
            yield f"{function.lineno} {function.name}: {length} lines"


def test_files_are_short() -> None:
    broken = [f"{name}: {text.count(chr(10))} lines" for name, text in ours() if name not in SHIPPED and too_long(name, text)]
    assert not broken, "split them, or give the reason in place (`long: why`):\n" + "\n".join(broken)


def test_functions_are_short() -> None:
    broken = [f"{name}:{what}" for name, text in ours() if name.endswith(".py") for what in long_functions(text)]
    assert not broken, f"more than {LONGEST_FUNCTION} lines (or give the reason: `# long: why` above it):\n" + "\n".join(broken)


def test_the_law_reads_every_language_and_both_packages() -> None:
    seen = {(name.split("/")[1] if name.startswith("src/") else name.split("/")[0], Path(name).suffix) for name, _text in ours()}
    wanted = {("exodrive", kind) for kind in (".py", ".css", ".js", ".sql", ".html")}
    wanted |= {("exodrive_emulators", ".py"), ("tests", ".py"), ("bench", ".py"), ("tools", ".py")}
    assert wanted <= seen
    assert {name for name, text in ours() if name in SHIPPED and too_long(name, text)} == set(SHIPPED), "an excuse nobody needs"


def test_the_law_sees_what_is_long() -> None:
    body = "    pass\n"
    assert too_long("src/a.css", "a {}\n" * 251)
    assert not too_long("src/a.css", "/* long: one sheet by design */\n" + "a {}\n" * 251)
    assert not too_long("tests/test_a.py", "\n" * 251)
    assert too_long("tests/a.py", "\n" * 251)
    assert too_long("tests/a.py", "\n" * 99 + "# long: one story of many lines\n" + "\n" * 251), "that is a function's"
    assert too_long("tests/test_a.py", "# long: \n" + "\n" * 401), "a reason has words"
    assert list(long_functions("def f():\n" + body * 30)) == ["1 f: 31 lines"]
    assert list(long_functions("# long: each line one field\n@wraps(g)\ndef f():\n" + body * 30)) == []
    assert list(long_functions("# long: each line one field\n\ndef f():\n" + body * 30)) == ["3 f: 31 lines"]
