"""Markdown into safe HTML: no raw HTML, no pictures, and links only to where a link of ours may lead."""

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_LINK = re.compile(r"(https://|mailto:|tel:|#|/(?!/))", re.IGNORECASE)
_NEVER = ["html_block", "html_inline", "image"]


def _may_lead_to(url: str) -> bool:
    return bool(_LINK.match(url.strip()))


def _parser(*, headings: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(_NEVER)
    parser.validateLink = _may_lead_to  # type: ignore[method-assign]
    return parser if headings else parser.disable(["heading", "lheading", "table", "code", "fence", "hr"])


_TEXT, _NOTE = _parser(headings=True), _parser(headings=False)


@lru_cache(maxsize=256)
def text(source: str) -> Markup:
    """Return a whole text: headings, lists and tables too. Its first heading is of the second level, below the page's own."""
    return Markup(_TEXT.render(source))  # noqa: S704 - the parser escapes whatever is not Markdown


@lru_cache(maxsize=64)
def note(source: str) -> Markup:
    """Return a few paragraphs and lists."""
    return Markup(_NOTE.render(source))  # noqa: S704 - as above


def escaped(value: str) -> str:
    """Return words that are put into Markdown and mean nothing in it."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~&])", r"\\\1", value)
