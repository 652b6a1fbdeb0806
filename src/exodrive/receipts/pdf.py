"""Papers as PDF: written by typst on a form of ours, the same bytes for the same paper, for archives (PDF/A) wherever fonts allow."""

import json
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import typst
from babel import Locale
from babel.dates import format_date

from exodrive.kit import pseudo
from exodrive.receipts.model import Receipt

PDF = "application/pdf"

_FORMS = {1: Path(__file__).parent / "paper.typ"}
_ARCHIVE: Literal["a-2a"] = "a-2a"  # tagged, so that it can be read aloud too
# The first comes with typst; the others are tried for letters it has not, where the machine has them.
_FONTS = ["libertinus serif", "noto serif", "noto sans", "dejavu sans mono"]
# What the program brings along is enough for Latin, Greek, Cyrillic, Hebrew and some Arabic, and gives the same bytes everywhere. A name in
# other letters needs the machine's fonts; where those lack them too, a plain PDF with a gap is better than none.
_WAYS: tuple[tuple[bool, Literal["a-2a"] | None], ...] = ((False, _ARCHIVE), (True, _ARCHIVE), (True, None))


def pdf(receipt: Receipt) -> bytes:
    """Return a paper as PDF. Takes some ten milliseconds of the processor: call it in a thread."""
    form, said = _FORMS[receipt.content.layout], {"paper": json.dumps(_said(receipt))}
    for number, (system_fonts, standard) in enumerate(_WAYS, start=1):
        try:
            made = typst.compile(
                form,
                sys_inputs=said,
                pdf_standards=standard or [],
                font_paths=_fonts(system=system_fonts),
                timestamp=receipt.issued_at.replace(microsecond=0),
            )
        except typst.TypstError:
            if number == len(_WAYS):
                raise
        else:
            assert isinstance(made, bytes)
            return made
    raise AssertionError("the last way returns or raises")


@lru_cache(maxsize=2)
def _fonts(*, system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system)


def _said(receipt: Receipt) -> dict[str, Any]:
    locale = Locale.parse(receipt.language.removesuffix(pseudo.MARK))
    issued = receipt.issued_at.astimezone(UTC)
    moment = {part: getattr(issued, part) for part in ("year", "month", "day", "hour", "minute", "second")}
    told: dict[str, Any] = msgspec.to_builtins(receipt.content)
    return told | {
        "code": receipt.code,
        "date": format_date(receipt.issued_on, "long", locale=locale),
        "issued": moment,
        "taxes": [[share.words, share.shown] for share in receipt.content.taxes],
        "fonts": _FONTS,
        "lang": locale.language,
        "region": locale.territory,
        "rtl": locale.text_direction == "rtl",
    }
