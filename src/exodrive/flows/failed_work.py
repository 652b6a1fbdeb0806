"""What a person does about work that failed its last try: have it tried again, or see to it in another way."""

from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows import by
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import NotFound
from exodrive.kit.words import _
from exodrive.overview.failed_work import booking_of
from exodrive.staff import store as staff


class NoFailedWork(NotFound):
    """There is no such work, or it did not fail."""

    code = "no-failed-work"

    def __init__(self) -> None:
        super().__init__(_("This is done, is being tried again, or somebody saw to it."))


class Deed(StrEnum):
    """What was done about it."""

    TRIED_AGAIN = "work_tried_again"
    SEEN_TO = "work_seen_to"


class Done(msgspec.Struct, frozen=True):
    """What became of work that had failed."""

    deed: Deed


async def try_again(door: Door, work_id: UUID, actor: Actor, *, ip: str = "") -> Done:
    """Promise the work anew through the staff's own door: it is tried as often as at first. Raises NoFailedWork."""
    async with door.scope() as db:
        if not await outbox.retry(db, work_id):
            raise NoFailedWork
        return await _note(db, work_id, Deed.TRIED_AGAIN, actor, ip)


async def see_to(door: Door, work_id: UUID, actor: Actor, reason: str, *, ip: str = "") -> Done:
    """Let the work be, because of what staff did instead. Raises BadInput without a reason, and NoFailedWork."""
    reason = by.reason_of(reason)
    async with door.scope() as db:
        if not await outbox.see_to(db, work_id):
            raise NoFailedWork
        return await _note(db, work_id, Deed.SEEN_TO, actor, ip, reason)


async def _note(db: Db, work_id: UUID, deed: Deed, actor: Actor, ip: str, reason: str | None = None) -> Done:
    found = await booking_of(db, work_id)
    assert found is not None, "it was there a moment ago, in this very scope"
    assert actor.id is not None, "staff act in their own name"
    topic, booking_id = found
    if booking_id:
        await bookings.tell(db, booking_id, deed, actor, reason=reason, topic=topic)
    await staff.note(db, UUID(actor.id), deed, ("work", str(work_id)), {"topic": topic, "reason": reason}, ip)
    return Done(deed)
