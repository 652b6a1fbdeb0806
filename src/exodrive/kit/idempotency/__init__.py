"""Repeated requests: the same key with the same body gets the answer of the first one, whatever happened to the first answer."""

import hashlib
from typing import Any

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.idempotency import store
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _

SHORTEST, LONGEST = 8, 200


class KeyReused(BadInput):
    """The key was used before, with another body."""

    code = "key-reused"

    def __init__(self) -> None:
        super().__init__(_("This request was changed after it was sent. Please start it anew."))


class InFlight(Conflict):
    """The same request is being worked on right now; ask again after ``extra['retry_after']`` seconds."""

    code = "in-flight"

    def __init__(self) -> None:
        super().__init__(_("We are still working on this request. Try again in a moment."), retry_after=1)


class Request(msgspec.Struct, frozen=True):
    """One request that must happen once: what kind it is, its key, and the hash of its body."""

    scope: str
    key: str
    body_hash: bytes

    @property
    def name(self) -> str:
        """One word for this request, for locks."""
        return f"{self.scope}:{self.key}"

    @property
    def owner(self) -> str:
        """The same, of fixed length and harmless letters."""
        return hashlib.sha256(self.name.encode()).hexdigest()


def request(scope: str, key: str, body: msgspec.Struct) -> Request:
    """Return the request a key and a body stand for; raises BadInput for a key that is too short, too long or unprintable."""
    if not SHORTEST <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        sentence = _("Give an idempotency key of %(shortest)d to %(longest)d letters and digits, new for each order.")
        message = sentence % {"shortest": SHORTEST, "longest": LONGEST}
        raise BadInput(message, fields={"idempotency_key": message})
    return Request(scope, key, hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest())


async def keep(db: Db, request: Request, booking_id: BookingId, answer: Any) -> None:
    """Keep the answer of a request about a booking, in the transaction that does the work."""
    await store.add(db, request.scope, request.key, request.body_hash, booking_id, answer)


async def answered(db: Db, request: Request) -> Any | None:
    """Return the stored answer of a request that was done before, or None. Raises KeyReused when it had another body."""
    stored = await store.find(db, request.scope, request.key)
    if stored is None:
        return None
    request_hash, answer = stored
    if request_hash != request.body_hash:
        raise KeyReused
    return answer
