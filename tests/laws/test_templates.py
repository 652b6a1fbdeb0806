"""The laws of templates: every sentence through gettext, nothing inline that the content policy would block."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

TEMPLATES = sorted((Path(__file__).parents[2] / "src/exodrive/web/templates").rglob("*.html"))
IDS = [path.parent.name + "/" + path.name for path in TEMPLATES]

_lexer = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
_SPOKEN_ATTRIBUTES = re.compile(r"""\b(alt|title|placeholder|aria-label|content)="([^"]*[A-Za-z]{3,}[^"]*)\"""")


def spoken_data(path: Path) -> str:
    """All literal text of a template outside {% trans %}, with variables left out."""
    text, in_trans = [], False
    tokens = list(_lexer.lex(path.read_text()))
    for index, (_line, kind, value) in enumerate(tokens):
        if kind == "name" and value in ("trans", "endtrans") and tokens[index - 1][1] in ("whitespace", "block_begin"):
            in_trans = value == "trans"
        elif kind == "data" and not in_trans:
            text.append(value)
        elif kind in ("variable_begin", "block_begin"):
            text.append("\x00")
    return "".join(text)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_every_sentence_goes_through_gettext(path: Path) -> None:
    data = spoken_data(path)
    data = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1>", " ", data, flags=re.S)
    attributes = [m.group(2) for m in _SPOKEN_ATTRIBUTES.finditer(data) if m.group(1) != "content" and "\x00" not in m.group(2)]
    words = re.findall(r"[A-Za-z]{3,}", re.sub(r"&\w+;", " ", re.sub(r"<[^>]*>", " ", data)))
    assert not [*words, *attributes], "wrap in _() or {% trans %}"


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_nothing_inline_that_the_policy_would_block(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=", text), "style attributes are blocked by style-src 'self'"
    assert not re.search(r"\son[a-z]+=", text), "inline handlers are blocked"
    assert not re.search(r"<style\b", text), "one style sheet, no <style>"
    assert not re.search(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/)", text), "no inline scripts"


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_nothing_is_marked_safe(path: Path) -> None:
    allowed = {"admin/invitation.html": "the QR code is SVG that we draw from a base32 text"}
    if path.parent.name + "/" + path.name not in allowed:
        found = re.findall(r"""[^'"]\|safe""", path.read_text().replace(" ", ""))  # a literal of the template itself may be
        assert not found, "autoescape is the wall"
