"""Work promised in the same transaction as its cause, and done later: what callers need. The relay alone talks to the queue."""

from datetime import datetime
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import new_id
from exodrive.kit.outbox import store


class AlreadyDone(Exception):
    """Another run of this work was first; raised inside the scope, so that what this run wrote there is rolled back."""


async def enqueue(db: Db, topic: str, **ids: UUID | str | int) -> UUID:
    """Promise work in the caller's transaction and return its id: both commit, or neither.

    ``ids`` name rows, never contents: no tokens, PINs or codes.
    """
    outbox_id = new_id()
    await store.add(db, outbox_id, topic, ids)
    return outbox_id


async def enqueue_slot(db: Db, job: str, slot: datetime) -> None:
    """Promise one run of a recurring job for one slot of time; promising it again, from anywhere, does nothing."""
    await store.add_slot(db, new_id(), job, slot)


async def done(db: Db, outbox_id: UUID) -> None:
    """Mark work done together with its effect, in the handler's last transaction. Raises AlreadyDone when another run was first."""
    if not await store.mark_done(db, outbox_id):
        raise AlreadyDone(outbox_id)


async def dead_letters(db: Db) -> list[store.DeadLetter]:
    """Return the work that failed its last try, newest first, with the error of that try."""
    return await store.dead(db)


async def retry(db: Db, outbox_id: UUID) -> bool:
    """Promise dead work anew; False when there is no such dead letter."""
    return await store.revive(db, outbox_id)


async def see_to(db: Db, outbox_id: UUID) -> bool:
    """Let dead work be, because somebody did what it was for; False when there is no such dead letter."""
    return await store.see_to(db, outbox_id)


async def renew(db: Db, outbox_id: UUID) -> None:
    """Promise the like of dead work under another key; nothing when it is not dead.

    ``retry`` keeps the key: whoever took the work of a try whose answer was lost would take this one for the same.
    """
    await store.renew(db, outbox_id, new_id())
