"""What the documents tell people to type is there: every command and option of ours, every address, every setting."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import click

from exodrive.__main__ import main
from exodrive.settings import PREFIX, described
from tests.web.routes import METHODS, paths, route_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")] + sorted((ROOT / "docs").rglob("*.md"))
ADDRESS = re.compile(rf"`({'|'.join(METHODS)}) (/[^` ?]*)")
TYPED = re.compile(r"(?<![\w/.-])exodrive((?: +[-A-Za-z0-9_./:…=]+)+)")


def typed() -> list[tuple[str, list[str]]]:
    """Each command in code: its document, and the words behind the program's name."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text()
        code = re.findall(r"```.*?```", text, re.DOTALL) + re.findall(r"`[^`\n]+`", text)
        found += [(document.name, words.split()) for piece in code for words in TYPED.findall(piece)]
    return found


def unknown(words: list[str]) -> str:
    """The first word that no command has, or nothing."""
    command: click.Command = main
    for word in words:
        if word.startswith("--"):
            options = {name for parameter in command.params for name in parameter.opts}
            if word.partition("=")[0] not in options | {"--help", "--version"}:
                return word
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return word
            command = command.commands[word]
    return ""


def test_every_command_in_the_documents_exists() -> None:
    commands = typed()
    assert ["work", "--check"] in [words for _name, words in commands]
    assert {f"{name}: exodrive {' '.join(words)}" for name, words in commands if unknown(words)} == set()


def test_a_command_or_an_option_that_is_not_there_is_found() -> None:
    assert unknown(["work", "--check"]) == ""
    assert unknown(["work", "--chek"]) == "--chek"
    assert unknown(["jobs", "faild"]) == "faild"


def test_every_address_in_the_documents_exists() -> None:
    named = {(document.name, *found) for document in DOCUMENTS for found in ADDRESS.findall(document.read_text())}
    assert named
    assert {one for one in named if not route_of(one[1], re.sub(r"\{\w+\}", "x", one[2]))} == set()
    assert route_of("GET", "/api/admin/alarm") is None
    assert "/api/admin/alarms" in paths()


def test_every_setting_in_the_documents_exists() -> None:
    known = {variable for variable, _description, _default in described()} | {f"{PREFIX}CONTRACTS"}  # that one is for tests
    named = {
        (document.name, found) for document in DOCUMENTS for found in re.findall(rf"{PREFIX}[A-Z_]*[A-Z](?:_\*)?", document.read_text())
    }
    assert len(named) > len(known)
    assert {(name, found) for name, found in named if not any(fnmatchcase(one, found) for one in known)} == set()
