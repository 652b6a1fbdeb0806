"""Putting an end to a difference by hand: with a reason, in somebody's name, and noted in the same transaction."""

from uuid import UUID

from exodrive.flows.by import By, reason_of
from exodrive.kit.db import Door
from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _
from exodrive.payments.differences import store
from exodrive.staff import store as staff


class AlreadyResolved(Conflict):
    """Somebody was first, or it went away by itself."""

    code = "already-resolved"

    def __init__(self) -> None:
        super().__init__(_("This difference is not open any more."))


async def resolve(door: Door, difference_id: UUID, reason: str, by: By) -> None:
    """Say that a difference needs nothing more, and why; the very same is not told again. Raises BadInput, NotFound, AlreadyResolved."""
    why = reason_of(reason)
    async with door.scope() as db:
        if not await store.exists(db, difference_id):
            raise NotFound(_("There is no such difference."))
        if not await store.resolve(db, difference_id, by.staff_id, why):
            raise AlreadyResolved
        await staff.note(db, by.staff_id, "difference_resolved", ("money_difference", str(difference_id)), {"reason": why}, by.ip)
