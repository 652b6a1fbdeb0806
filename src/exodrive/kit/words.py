"""Words people read, through gettext, in the language of the present request."""

import gettext as gettext_module
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LOCALES = Path(__file__).parent.parent / "locale"
DEFAULT = "en_US"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT)


@lru_cache(maxsize=32)
def _catalogue(locale: str) -> gettext_module.NullTranslations:
    return gettext_module.translation("exodrive", LOCALES, languages=[locale], fallback=True)


def use(locale: str) -> None:
    """Speak this locale (``en_US``) for the rest of the present task."""
    _locale.set(locale)


def locale() -> str:
    """Return the locale of the present task, such as ``en_US``."""
    return _locale.get()


def gettext(text: str) -> str:
    """Translate one sentence."""
    return _catalogue(_locale.get()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Translate a sentence that depends on a number."""
    return _catalogue(_locale.get()).ngettext(one, many, number)


_ = gettext
