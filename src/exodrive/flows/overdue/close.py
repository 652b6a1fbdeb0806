"""The end of a clash: by itself, or because staff saw to it: another car was found, the renters agreed, and they say so."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.clashes import store as clashes
from exodrive.clashes.model import Clash, How
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.once import once, request
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import NotFound
from exodrive.kit.idempotency import Request
from exodrive.kit.words import _


class NoClash(NotFound):
    """There is no such clash, or it is over."""

    code = "no-clash"

    def __init__(self) -> None:
        super().__init__(_("This clash is over: the car is back, the days are free, or somebody saw to it."))


class Closed(msgspec.Struct, frozen=True):
    """How a clash ended."""

    how: How


class _Asked(msgspec.Struct, frozen=True):
    clash_id: UUID
    reason: str


async def by_staff(door: Door, clash_id: UUID, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> Closed:
    """Close a clash through the staff's own door; it opens no more for the same day.

    Raises BadInput without a reason, NoBooking, NoClash and KeyReused.
    """
    asked = _Asked(clash_id, by.reason_of(reason))
    named = request("clash", key, asked)
    return await again(lambda: _write(door, asked, named, actor, ip))


async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Closed:
    async with door.scope() as db:
        late_id = await clashes.late_of(db, asked.clash_id)
        if late_id is None:
            raise NoClash
        await standing.locked(db, late_id)
        return await once(db, named, late_id, lambda: _close(db, asked, actor, ip), Closed)


async def _close(db: Db, asked: _Asked, actor: Actor, ip: str) -> Closed:
    clash = await clashes.find(db, asked.clash_id)
    assert actor.id is not None
    if clash is None or not await clashes.close_by_staff(db, clash.id, UUID(actor.id), asked.reason):
        raise NoClash
    await _tell(db, clash, How.STAFF, actor, asked.reason)
    await by.note(db, actor, ip, "clash_closed", clash.late_id, reason=asked.reason)
    return Closed(How.STAFF)


async def end(db: Db, over: Sequence[Clash], how: How, actor: Actor) -> None:
    """Close clashes that are over by themselves. The caller holds the lock of their car."""
    await clashes.close(db, [one.id for one in over], how)
    for one in over:
        await _tell(db, one, how, actor)


async def _tell(db: Db, clash: Clash, how: How, actor: Actor, reason: str | None = None) -> None:
    for about in filter(None, (clash.late_id, clash.hit_id)):
        await bookings.tell(db, about, "clash_closed", actor, reason=reason, clash=str(clash.id), how=how)
