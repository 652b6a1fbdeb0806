"""Finds what a template says to people without asking gettext: its text, its spoken attributes, and words inside its expressions."""

import re
from collections.abc import Iterator

from jinja2 import Environment, nodes

_env = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
_GAP = "\x00"  # stands where an expression was
_ATTRIBUTE = re.compile(r"""\b(alt|title|placeholder|label|value|aria-[a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_HELD = re.compile(
    r"aria-(?:labelledby|describedby|controls|current|hidden|live|modal|expanded|haspopup|invalid|disabled|pressed|busy|atomic|sort)"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"^[A-Z][a-z’']+$|[^\W\d_]{2,} [^\W\d_]{2,}")
_SPEAKS = {"_", "gettext", "ngettext"}


def unasked(source: str) -> list[str]:
    """Return every word and sentence of a template that is not wrapped in ``_()`` or ``{% trans %}``."""
    text = _text(source)
    text = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1>", " ", text, flags=re.S)
    return [*_attributes(text), *_words(text), *_expressions(source)]


def _text(source: str) -> str:
    """All literal text outside ``{% trans %}``, with a gap for each expression."""
    text, in_trans = [], False
    tokens = list(_env.lex(source))
    for index, (_line, kind, value) in enumerate(tokens):
        if kind == "name" and value in ("trans", "endtrans") and tokens[index - 1][1] in ("whitespace", "block_begin"):
            in_trans = value == "trans"
        elif kind == "data" and not in_trans:
            text.append(value)
        elif kind in ("variable_begin", "block_begin"):
            text.append(_GAP)
    return "".join(text)


def _attributes(text: str) -> Iterator[str]:
    for name, double, single in _ATTRIBUTE.findall(text):
        said = (double or single).replace(_GAP, " ")
        is_key = name == "value" and " " not in said.strip()  # what a form sends, not what a person reads
        if not _HELD.fullmatch(name) and not is_key and _WORD.search(said):
            yield f"{name}={said!r}"


def _words(text: str) -> list[str]:
    plain = re.sub(r"<[^>]*>", " ", text.replace(_GAP, " "))
    return _WORD.findall(re.sub(r"&#?\w+;", " ", plain))


def _expressions(source: str) -> Iterator[str]:
    """Literals inside expressions that read like a name or a sentence and do not go through gettext."""
    yield from _said(_env.parse(source))


def _said(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _SPEAKS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and "=" not in node.value and _SENTENCE.search(node.value.strip()):
        yield repr(node.value)
    for child in node.iter_child_nodes():
        yield from _said(child)
