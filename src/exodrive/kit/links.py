"""Private links: a token that only the holder of the link key can make again, and that a database dump does not reveal."""

import base64
import hashlib
import hmac
import secrets

NONCE_BYTES = 32
TOKEN_LENGTH = 43  # 32 bytes in unpadded base64url


class LinkKeys:
    """The secret(s) behind private links: the first makes new tokens, all are tried where a token is made again (rotation)."""

    def __init__(self, keys: list[str]) -> None:
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("a link key needs at least 32 characters")
        self._keys = [key.encode() for key in keys]

    @staticmethod
    def new_nonce() -> bytes:
        """Return 32 random bytes; the row keeps them, the token is derived from them."""
        return secrets.token_bytes(NONCE_BYTES)

    def token(self, nonce: bytes, token_hash: bytes | None = None) -> str:
        """Return the token of a nonce; with ``token_hash``, by the key that gives this hash (ValueError when none does)."""
        tokens = [_encode(hmac.digest(key, nonce, "sha256")) for key in self._keys]
        if token_hash is None:
            return tokens[0]
        for token in tokens:
            if hmac.compare_digest(hash_of(token), token_hash):
                return token
        raise ValueError("no link key matches this token; was EXODRIVE_LINK_KEY replaced without keeping the old one?")


def hash_of(token: str) -> bytes:
    """Return the SHA-256 that is stored and looked up in place of a token."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """Return a fresh random token of 256 bits, for sessions and one-time links."""
    return secrets.token_urlsafe(NONCE_BYTES)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
