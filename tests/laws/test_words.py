"""Every sentence that is said through gettext is one that `make words` finds, so that it can be translated."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.laws.spoken import unasked

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "src/exodrive"
TEMPLATES = sorted((PRODUCT / "web/templates").rglob("*.html"))
LETTERS = sorted((PRODUCT / "mail/letters").glob("*.*"))
PASS_ON = {"kit/words.py", "kit/pseudo.py", "web/shell/pages.py"}  # they say what they are handed
SPEAKS = {"_": 1, "gettext": 1, "ngettext": 2}
_env = Environment(extensions=["jinja2.ext.i18n"])


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """What the extraction finds, each form of a sentence by itself."""
    pot = tmp_path_factory.mktemp("words") / "exodrive.pot"
    pybabel = [
        str(Path(sys.executable).with_name("pybabel")),
        "--quiet",
        "extract",
        "-F",
        str(ROOT / "pyproject.toml"),
        "-o",
        str(pot),
        ".",
    ]
    subprocess.run(pybabel, cwd=PRODUCT, check=True)
    with pot.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    return frozenset(form for each in ids for form in (each if isinstance(each, tuple | list) else [each]))


def said_in_python(source: str) -> Iterator[tuple[int, str | None]]:
    """Each sentence handed to gettext with its line; None when it is not spelled out on the spot."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call):
            name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
            for part in call.args[: SPEAKS.get(name, 0)]:
                yield call.lineno, part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None


def said_in_template(source: str) -> Iterator[tuple[int, str | None]]:
    """The same for a template, `{% trans %}` included, which becomes such calls."""
    for call in _env.parse(source).find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        for part in call.args[: SPEAKS.get(name, 0)]:
            yield call.lineno, part.value if isinstance(part, nodes.Const) and isinstance(part.value, str) else None


@cache
def everything_said() -> tuple[tuple[str, str | None], ...]:
    found = []
    for path in sorted(PRODUCT.rglob("*.py")):
        name = path.relative_to(PRODUCT).as_posix()
        if name not in PASS_ON:
            found += [(f"{name}:{line}", said) for line, said in said_in_python(path.read_text())]
    for path in [*TEMPLATES, *LETTERS]:
        name = path.relative_to(PRODUCT).as_posix()
        found += [(f"{name}:{line}", said) for line, said in said_in_template(path.read_text())]
    return tuple(found)


def test_every_sentence_is_spelled_out_where_it_is_said() -> None:
    hidden = [where for where, said in everything_said() if said is None]
    assert not hidden, "nobody can translate what is put together at run time:\n" + "\n".join(hidden)


def test_the_extraction_finds_every_sentence(collected: frozenset[str]) -> None:
    assert len(everything_said()) > 700
    missed = [f"{where} {said!r}" for where, said in everything_said() if said is not None and said not in collected]
    assert not missed, "see [tool.babel] in pyproject.toml:\n" + "\n".join(missed)


def test_sentences_of_letters_and_pages_are_among_them(collected: frozenset[str]) -> None:
    for sentence in ("Please bring", "Show cars", "Car just got booked – pick another date", "The car is yours for these days."):
        assert (sentence in collected) is (sentence != "The car is yours for these days."), sentence


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.name)
def test_letters_say_nothing_without_gettext(path: Path) -> None:
    assert not unasked(path.read_text())


@pytest.mark.parametrize("source", ["_(text)", "_(f'{x} cars')", "_('a ' + b)", "words.gettext(x)", "ngettext('one', many, n)"])
def test_the_law_sees_what_is_put_together(source: str) -> None:
    assert None in [said for _line, said in said_in_python(source)]
    assert None in [said for _line, said in said_in_template("{{ _('a' ~ b) }}")]
