"""A made-up translation of our own sentences, to see before a real one comes what it would break.

Behind a language that runs from left to right it is longer and full of accents; behind one from right to left each sentence runs that way.
"""

import re
from functools import lru_cache
from gettext import NullTranslations

MARK = "@pseudo"
# What a sentence holds for others: places for values, signs of a per cent, and characters by name.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|\{\w*\}|&\w+;)")
_ACCENTS = str.maketrans("AaCcEeGgIiNnOoSsUuYyZz", "ÅåÇçÉéĞğÎîÑñÖöŠšÜüÝýŽž")
_TURN, _BACK = "\u202e", "\u202c"  # right-to-left override, pop: every letter between runs from right to left, ours too


class Pseudo(NullTranslations):
    """The catalogue of a made-up language."""

    def __init__(self, *, right_to_left: bool) -> None:
        super().__init__()
        self._right_to_left = right_to_left

    def gettext(self, message: str) -> str:
        """Say one sentence."""
        return say(message, right_to_left=self._right_to_left)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say a sentence that depends on a number."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@lru_cache(maxsize=4096)
def say(sentence: str, *, right_to_left: bool) -> str:
    """Return a sentence as the made-up language has it; the places for values stay."""
    parts = _KEPT.split(sentence)
    said = [part if number % 2 else _turned(part) if right_to_left else part.translate(_ACCENTS) for number, part in enumerate(parts)]
    longer = "" if right_to_left else "·" * (len(sentence) // 3)
    return "".join(said) + longer


def _turned(text: str) -> str:
    """The words turned around, the spaces at both ends left where they are."""
    words = text.strip()
    return text.replace(words, f"{_TURN}{words}{_BACK}") if words else text
