"""Cuts a migration file into its statements, as PostgreSQL's own lexer would."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<line_comment> --[^\n]* )
  | (?P<comment> /\* )
  | (?P<dollar> (?<![\w$\x80-\U0010ffff]) \$ (?P<tag> (?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)? ) \$ )
  | (?P<escaped> (?<![\w$\x80-\U0010ffff]) [eE] '(?: [^'\\] | \\. | '' )*' )
  | (?P<text> '(?: [^'] | '' )*' )
  | (?P<name> "(?: [^"] | "" )*" )
  | (?P<open> [eE]?' | " )
  | (?P<word> [A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]* )
  | (?P<end> ; )
  | (?P<space> \s+ )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_SILENT = ("line_comment", "comment", "space")


@dataclass(frozen=True)
class Statement:
    """One statement of a file: its text without the semicolon, the line it starts on, and its first word in small letters."""

    text: str
    line: int
    verb: str


def split(script: str) -> list[Statement]:
    """Return the statements of `script` in order. Raises ValueError where a string or a comment is left open."""
    found: list[Statement] = []
    start, verb = None, ""
    body = _SqlBody()
    for kind, begin, stop in _tokens(script):
        if kind == "end" and not body.open:
            if start is not None:
                found.append(_statement(script, start, begin, verb))
            start, verb, body = None, "", _SqlBody()
        elif kind not in _SILENT:
            start = begin if start is None else start
            verb = verb or script[begin:stop].lower()
            body.read(script[begin:stop].lower() if kind == "word" else "")
    if start is not None:
        found.append(_statement(script, start, len(script), verb))
    return found


class _SqlBody:
    """Whether we are inside BEGIN ATOMIC … END, where semicolons do not end the statement."""

    def __init__(self) -> None:
        self._before = ""
        self._depth = 0

    @property
    def open(self) -> bool:
        return self._depth > 0

    def read(self, word: str) -> None:
        if (word == "atomic" and self._before == "begin") or (word == "case" and self.open):
            self._depth += 1
        elif word == "end" and self.open:
            self._depth -= 1
        self._before = word


def _tokens(script: str) -> list[tuple[str, int, int]]:
    found, place = [], 0
    while token := _TOKEN.match(script, place):
        kind, stop = token.lastgroup or "", token.end()
        if token["dollar"]:
            kind, stop = "text", _after(script, token[0], token.end())
        elif kind == "comment":
            stop = _after_comment(script, token.end())
        elif kind == "open":
            raise ValueError(f"line {_line(script, place)}: a string is not closed")
        found.append((kind, place, stop))
        place = stop
    return found


def _after(script: str, mark: str, place: int) -> int:
    stop = script.find(mark, place)
    if stop < 0:
        raise ValueError(f"line {_line(script, place)}: {mark} is not closed")
    return stop + len(mark)


def _after_comment(script: str, place: int) -> int:
    """Return where a comment ends; in SQL they nest."""
    depth, start = 1, place
    while depth:
        edge = _COMMENT_EDGE.search(script, place)
        if edge is None:
            raise ValueError(f"line {_line(script, start)}: a comment is not closed")
        depth += 1 if edge[0] == "/*" else -1
        place = edge.end()
    return place


def _statement(script: str, start: int, stop: int, verb: str) -> Statement:
    return Statement(script[start:stop].rstrip(), _line(script, start), verb)


def _line(script: str, place: int) -> int:
    return script.count("\n", 0, place) + 1
