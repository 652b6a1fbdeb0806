"""Passwords: what is good enough, and how they are kept (argon2id at OWASP's parameters)."""

import itertools

from exodrive.kit import hashing
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _

SHORTEST = 12
LONGEST = 256
_FEWEST_SURPRISES = 6
# What the long ones among the most used passwords are made of (beside names, rows of digits and letters, and repetition).
_COMMON = """
    password passwort passw0rd qwertyuiop qwertz qwerty asdfghjkl asdf zxcvbnm 1q2w3e4r5t6y 1q2w3e4r 1qaz2wsx 3edc4rfv
    iloveyou letmein welcome admin administrator football baseball superman batman princess sunshine dragon monkey master
    michael jordan secret changeme default login trustno1 whatever computer internet summer winter spring autumn exodrive
""".split()  # noqa: SIM905 - as a list it fills a screen


def check(password: str, *, email: str, name: str) -> None:
    """Raise BadInput when a new password is too short, too long, or easy to guess from who its owner is."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise _refused(
            _("Take between %(least)d and %(most)d characters; a sentence is a good password.") % {"least": SHORTEST, "most": LONGEST}
        )
    if _surprises(password, [email.partition("@")[0], *name.split()]) < _FEWEST_SURPRISES:
        raise _refused(_("This is easy to guess. Take a few words that do not belong together."))


def _surprises(password: str, known: list[str]) -> int:
    """Return how many different letters are left without names, common words, and letters that follow or repeat the one before."""
    plain = password.casefold()
    for part in sorted({*(part.casefold() for part in known if len(part) >= 3), *_COMMON}, key=len, reverse=True):
        plain = plain.replace(part, "")
    return len({letter for before, letter in itertools.pairwise("\0" + plain) if abs(ord(letter) - ord(before)) > 1})


async def hash_of(password: str) -> str:
    """Return the argon2id hash; about 25 ms of CPU, spent in a thread."""
    return await hashing.hash_of(password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is right; takes as long when there is no hash to compare with."""
    return await hashing.matches(password_hash, password[: LONGEST + 1])


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, fields={"password": sentence})
