"""Notices from PayPal: read, and believed only after their signature was checked. Even then they are hints only.

The signature covers a CRC32 of the body, which anybody can forge who has one genuine set of headers. So a notice may
only make us read the resource again; it never changes the state of money by itself.
"""

import zlib
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from exodrive.gateways.paypal.certificates import DEADLINE, CannotVerify, Certificates, Flaw, Forged, Trust
from exodrive.gateways.paypal.model import Event
from exodrive.kit import clock
from exodrive.kit.db import outside_scope

__all__ = ["CannotVerify", "Event", "Flaw", "Forged", "Notice", "Trust", "Verifier"]

# PayPal tries for three days, and may keep the first try's time; its clock need not be ours.
_OLDEST = timedelta(days=4)
_AHEAD = timedelta(days=1)


class Notice(msgspec.Struct, frozen=True):
    """One delivery of one event. Both ids are kept unique: a repeat changes nothing."""

    transmission_id: str
    sent_at: datetime
    event: Event


class _Signed(msgspec.Struct, frozen=True):
    """The headers of a delivery."""

    transmission_id: str
    transmission_time: str
    signature: str
    certificate: str
    algorithm: str

    def text(self, webhook_id: str, body: bytes) -> bytes:
        """What PayPal has signed."""
        return f"{self.transmission_id}|{self.transmission_time}|{webhook_id}|{zlib.crc32(body)}".encode()


class Verifier:
    """Checks deliveries for our own webhook id, offline but for the certificate, fetched once within ``deadline`` seconds."""

    def __init__(self, webhook_id: str, trust: Trust, *, deadline: float = DEADLINE) -> None:
        self._webhook_id = webhook_id
        self._certificates = Certificates(trust, deadline=deadline)

    async def verify(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return the notice (header names in lower case, the raw body). Raises Forged (400) or CannotVerify (503)."""
        outside_scope()
        signed = _read_headers(headers)
        sent_at = _read_time(signed.transmission_time)
        event = _read_event(body)
        signature = _read_signature(signed)
        key = await self._certificates.key(signed.certificate)
        try:
            key.verify(signature, signed.text(self._webhook_id, body), PKCS1v15(), SHA256())
        except InvalidSignature as wrong:
            raise Forged(Flaw.SIGNATURE, "wrong signature") from wrong
        return Notice(signed.transmission_id, sent_at, event)


def _read_headers(headers: Mapping[str, str]) -> _Signed:
    names = ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
    values = [headers.get(f"paypal-{name}", "") for name in names]
    if not all(values):
        raise Forged(Flaw.HEADERS, "headers are missing")
    return _Signed(*values)


def _read_time(text: str) -> datetime:
    try:
        sent_at = msgspec.convert(text, datetime)
        too_old_or_new = not -_OLDEST <= sent_at - clock.now() <= _AHEAD
    except (msgspec.ValidationError, TypeError) as wrong:
        raise Forged(Flaw.TIME, "no time") from wrong
    if too_old_or_new:
        raise Forged(Flaw.TIME, "too old, or from the future")
    return sent_at


def _read_event(body: bytes) -> Event:
    try:
        return msgspec.json.decode(body, type=Event)
    except msgspec.MsgspecError as wrong:
        raise Forged(Flaw.EVENT, "no event") from wrong


def _read_signature(signed: _Signed) -> bytes:
    if signed.algorithm.lower() != "sha256withrsa":
        raise Forged(Flaw.HEADERS, "unknown algorithm")
    try:
        return b64decode(signed.signature, validate=True)
    except ValueError as wrong:
        raise Forged(Flaw.SIGNATURE, "no signature") from wrong
