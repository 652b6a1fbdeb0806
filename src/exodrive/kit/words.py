"""Words people read, through gettext, in the language of the present request."""

import gettext as gettext_module
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel import Locale

from exodrive.kit import pseudo

LOCALES = Path(__file__).parent.parent / "locale"
DEFAULT = "en_US"  # what is spoken where nobody said otherwise; set once, at start

_language: ContextVar[str | None] = ContextVar("language", default=None)


@lru_cache(maxsize=32)
def _catalogue(language: str) -> gettext_module.NullTranslations:
    if language.endswith(pseudo.MARK):
        return pseudo.Pseudo(right_to_left=Locale.parse(language.removesuffix(pseudo.MARK)).text_direction == "rtl")
    return gettext_module.translation("exodrive", LOCALES, languages=[language], fallback=True)


def use(language: str) -> None:
    """Speak this language (``en_US``, or ``ar_AE@pseudo`` for a made-up one with the formats of ``ar_AE``) in the present task."""
    _language.set(language)


def language() -> str:
    """Return the language of the present task, such as ``en_US`` or ``ar_AE@pseudo``."""
    return _language.get() or DEFAULT


def locale() -> str:
    """Return how the present task writes numbers, money and dates, such as ``en_US``."""
    return language().removesuffix(pseudo.MARK)


def gettext(text: str) -> str:
    """Translate one sentence."""
    return _catalogue(language()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Translate a sentence that depends on a number."""
    return _catalogue(language()).ngettext(one, many, number)


_ = gettext
