"""The answer of staff to a booking that is paid and waits for it: accepted, or refused with everything going back."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.endings import Ending, How
from exodrive.bookings.model import Actor
from exodrive.bookings.states import BookingStatus
from exodrive.bookings.tiers import WHOLE
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.approval import store
from exodrive.flows.approval.errors import NotAwaited
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending import store as endings
from exodrive.flows.ending.end import end_paid
from exodrive.flows.once import once, request
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId

T = TypeVar("T", bound=msgspec.Struct)


class Accepted(msgspec.Struct, frozen=True):
    """That a booking is accepted, and since when."""

    approved_at: datetime


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reason: str = ""


async def accept(door: Door, booking_id: BookingId, actor: Actor, *, key: str = "", ip: str = "") -> Accepted:
    """Accept a booking that waits for it, through the staff's own door; the renter is told. Asked again, the first time counts.

    Raises NoBooking, KeyReused, and NotAwaited when it needs no answer, has ended, or the time for one is over.
    """
    asked = _Asked(booking_id)
    named = request("acceptance", key, asked)
    return await again(lambda: _write(door, asked, named, lambda db, now: _accept(db, now, actor, ip), Accepted))


async def refuse(door: Door, booking_id: BookingId, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> Ending:
    """Refuse a booking that waits for an answer, through the staff's own door: it ends, and everything goes back. Asked again, the same.

    Raises BadInput without a reason, NoBooking, KeyReused, and NotAwaited when it needs no answer, was accepted, or has ended.
    """
    asked = _Asked(booking_id, by.reason_of(reason))
    named = request("refusal", key, asked)
    return await again(lambda: _write(door, asked, named, lambda db, now: _refuse(db, now, asked.reason, actor, ip), Ending))


@commits("approval.answer")
async def _write(door: Door, asked: _Asked, named: Request | None, work: Callable[[Db, Standing], Awaitable[T]], answer: type[T]) -> T:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: work(db, now), answer)


async def _accept(db: Db, now: Standing, actor: Actor, ip: str) -> Accepted:
    at = await store.accept(db, now.booking_id)
    if at is None:
        before = await store.accepted_at(db, now.booking_id)
        if before is None:
            raise NotAwaited
        return Accepted(before)
    await bookings.tell(db, now.booking_id, "accepted", actor)
    await by.note(db, actor, ip, "booking_accepted", now.booking_id)
    await outbox.enqueue(db, "mail.confirmation", booking_id=now.booking_id)
    return Accepted(at)


async def _refuse(db: Db, now: Standing, reason: str, actor: Actor, ip: str) -> Ending:
    done = await endings.find(db, now.booking_id)
    if done and done.how is How.REFUSED:
        return done
    if now.status is not BookingStatus.UPCOMING or not (await endings.terms(db, now.booking_id)).waits:
        raise NotAwaited
    ending = await end_paid(db, now, How.REFUSED, WHOLE, actor, reason)
    told = {"refund": str(ending.refund), "currency": ending.currency}
    await by.note(db, actor, ip, "booking_refused", now.booking_id, reason=reason, **told)
    return ending
