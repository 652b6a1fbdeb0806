"""What staff ask for once: the same key again gets the same answer, kept in the transaction that did the work."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from exodrive.kit import idempotency
from exodrive.kit.db import Db
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId

T = TypeVar("T", bound=msgspec.Struct)


def request(scope: str, key: str, body: msgspec.Struct) -> Request | None:
    """Return the request that a key names; without a key it is like no other. Raises BadInput for a key that cannot be one."""
    return idempotency.request(f"staff.{scope}", key, body) if key else None


async def once(db: Db, request: Request | None, booking_id: BookingId, work: Callable[[], Awaitable[T]], answer: type[T]) -> T:
    """Do the work, or return what it came to when it was done before. The caller holds the lock of the booking's car.

    Raises KeyReused when the key came with another body.
    """
    done = await idempotency.answered(db, request) if request else None
    if done is not None:
        return msgspec.convert(done, answer, strict=False)
    told = await work()
    if request:
        await idempotency.keep(db, request, booking_id, msgspec.to_builtins(told))
    return told
