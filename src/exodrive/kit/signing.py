"""Texts that travel through the browser and must come back unchanged: a payload with its HMAC, url-safe."""

import base64
import binascii
import hmac


class Tampered(ValueError):
    """The text was not made by us, or was changed on the way."""


class Signer:
    """Signs and opens texts for one purpose; the purpose is part of the signature, so a text of one kind never passes as another."""

    def __init__(self, key: str, purpose: str) -> None:
        self._key = hmac.digest(key.encode(), purpose.encode(), "sha256")

    def sign(self, payload: bytes) -> str:
        """Return ``payload.signature``, both in unpadded base64url."""
        return f"{_encode(payload)}.{_encode(hmac.digest(self._key, payload, 'sha256'))}"

    def open(self, text: str) -> bytes:
        """Return the payload, or raise Tampered."""
        body, _, signature = text.partition(".")
        try:
            payload, claimed = _decode(body), _decode(signature)
        except (binascii.Error, ValueError) as broken:
            raise Tampered from broken
        if not hmac.compare_digest(claimed, hmac.digest(self._key, payload, "sha256")):
            raise Tampered
        return payload


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
