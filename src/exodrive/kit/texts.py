"""Texts in versions: Markdown files named by their date, ours or the operator's; the newest counts, the others stay readable.

``<folder>/<name>/2026-11-01.md``, or ``2026-11-01.de.md`` for one language. A file begins with ``title:`` and ``about:`` lines, then an
empty line, then Markdown, in which ``{places}`` stand for values.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import msgspec

SHIPPED = Path(__file__).parent.parent / "policies"
_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.([A-Za-z_]+))?\.md")
_NAME = re.compile(r"[a-z]+(-[a-z]+)*")
_PLACE = re.compile(r"\{([^{}\s]*)\}")
_HEAD = ("title", "about")


class WrongText(Exception):
    """A file cannot be used; says which, and what to do."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a text; ``is_ours`` when it came with the software."""

    name: str
    version: str
    title: str
    about: str
    body: str
    is_ours: bool

    @property
    def day(self) -> date:
        """The day the version is named after."""
        return date.fromisoformat(self.version)

    def filled(self, values: dict[str, str]) -> str:
        """Return the Markdown with its places filled."""
        return _PLACE.sub(lambda found: values[found[1]], self.body)


class Texts:
    """All texts in one language, read once. Of a name that the operator has a file for, none of ours counts any more."""

    def __init__(self, own: Path | None, language: str, places: Collection[str], order: tuple[str, ...] = ()) -> None:
        """Read both folders; raises WrongText. ``order`` is that of the names; others follow."""
        ours, theirs = _read(SHIPPED, language, places, is_ours=True), _read(own, language, places, is_ours=False) if own else {}
        names = [name for name in order if name in ours | theirs] + sorted((ours | theirs).keys() - set(order))
        self._versions = {name: ours.get(name, {}) | theirs.get(name, {}) for name in names}
        self._newest = {name: max(theirs.get(name) or ours[name]) for name in names}

    def newest(self) -> list[Text]:
        """Return the version of each text that counts."""
        return [self._versions[name][version] for name, version in self._newest.items()]

    def find(self, name: str, version: str | None = None) -> Text | None:
        """Return a version of a text, or the one that counts."""
        return self._versions.get(name, {}).get(version or self._newest.get(name, ""))

    def versions(self, name: str) -> list[Text]:
        """Return all versions of a text, the one that counts first, then the newest."""
        counts = self._newest.get(name)
        found = self._versions.get(name, {})
        return [found[version] for version in sorted(found, key=lambda version: (version == counts, version), reverse=True)]


def _read(folder: Path, language: str, places: Collection[str], *, is_ours: bool) -> dict[str, dict[str, Text]]:
    if not folder.is_dir():
        raise WrongText(f"there is no folder {folder}; make it, or leave EXODRIVE_POLICIES_FOLDER empty")
    found: dict[str, dict[str, Text]] = {}
    for path, version in _files(folder, language):
        text = _text(path, path.parent.name, version, is_ours=is_ours)
        strange = sorted(set(_PLACE.findall(text.body)) - set(places))
        if strange:
            raise WrongText(f"{path}: there is no {{{strange[0]}}}; take {', '.join(f'{{{place}}}' for place in sorted(places))}")
        found.setdefault(text.name, {})[version] = text
    return found


def _files(folder: Path, language: str) -> Iterator[tuple[Path, str]]:
    """Each version's file in the language of the house, else the one for all; what follows takes the place of what came."""
    wanted = ["", language.partition("_")[0], language]
    files = [(path, _FILE.fullmatch(path.name)) for path in sorted(folder.glob("*/*.md"))]
    for path, named in files:
        if named is None or not _NAME.fullmatch(path.parent.name):
            raise WrongText(f"{path}: name it like terms/2026-11-01.md")
    ranked = [(wanted.index(named[2] or ""), path, named[1]) for path, named in files if named and (named[2] or "") in wanted]
    yield from ((path, version) for _rank, path, version in sorted(ranked))


def _text(path: Path, name: str, version: str, *, is_ours: bool) -> Text:
    head, _empty, body = path.read_text(encoding="utf-8").replace("\r\n", "\n").partition("\n\n")
    told = {key.strip(): value.strip() for key, colon, value in (line.partition(":") for line in head.splitlines()) if colon}
    if sorted(told) != sorted(_HEAD) or not all(told.values()) or not body.strip():
        raise WrongText(f"{path}: begin with a line title: and a line about:, then an empty line and the text")
    try:
        date.fromisoformat(version)
    except ValueError:
        raise WrongText(f"{path}: {version} is no day") from None
    return Text(name=name, version=version, title=told["title"], about=told["about"], body=body, is_ours=is_ours)
