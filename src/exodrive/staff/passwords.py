"""Passwords: what is good enough, and how they are kept (argon2id at OWASP's parameters)."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from exodrive.kit.errors import BadInput
from exodrive.kit.words import _

SHORTEST = 12
LONGEST = 256
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared against when there is no such person, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")


def check(password: str, *, email: str, name: str) -> None:
    """Raise BadInput when a new password is too short, too long, or easy to guess from who its owner is."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise _refused(
            _("Take between %(least)d and %(most)d characters; a sentence is a good password.") % {"least": SHORTEST, "most": LONGEST}
        )
    plain = password.casefold()
    known = [part for part in (email.partition("@")[0], *name.split(), "exodrive", "password") if len(part) >= 4]
    if len(set(plain)) < 6 or any(plain.replace(part.casefold(), "").__len__() < 6 for part in known):
        raise _refused(_("This is easy to guess. Take a few words that do not belong together."))


async def hash_of(password: str) -> str:
    """Return the argon2id hash; about 25 ms of CPU, spent in a thread."""
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is right; takes as long when there is no hash to compare with."""
    return await asyncio.to_thread(_verify, password_hash or _NOBODY, password) and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, fields={"password": sentence})
