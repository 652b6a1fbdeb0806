"""Hashes of secrets that people choose or type: argon2id at OWASP's parameters (19 MiB, two passes, one lane)."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared against when there is nothing to compare with, so that the answer takes as long. Made once: each process that starts would
# spend 25 ms on it.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$/tgZ9hfOyzWOgj4gWCUk+g$ENL6/0w2OQ49+1MoMRpqR/wetRN3WRISF0l/W1afz+8"


async def hash_of(secret: str) -> str:
    """Return the argon2id hash; about 25 ms of CPU, spent in a thread."""
    return await asyncio.to_thread(_hasher.hash, secret)


async def matches(kept: str | None, secret: str) -> bool:
    """Tell whether a secret is the one whose hash was kept; takes as long when there is none."""
    return await asyncio.to_thread(_verify, kept or _NOBODY, secret) and bool(kept)


def _verify(kept: str, secret: str) -> bool:
    try:
        return _hasher.verify(kept, secret)
    except (VerificationError, InvalidHashError):
        return False
