"""Cancelling a booking: on the company's behalf, or for its renter. What goes back is decided with the end itself."""

import msgspec

from exodrive.bookings.endings import Ending, How
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.bookings.tiers import WHOLE, percent_for
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.ending import end_unpaid
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending.end import LETTER, end_paid, may_end
from exodrive.flows.ending.errors import NotCancellable
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.payments import store as payments
from exodrive.payments.model import Kind

__all__ = ["NotCancellable", "by_staff"]

_BY_STAFF = (How.COMPANY, How.TIERS, How.PERCENT)


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    how: How
    percent: int
    reason: str


async def by_staff(
    world: World,
    door: Door,
    booking_id: BookingId,
    actor: Actor,
    reason: str,
    *,
    how: How = How.COMPANY,
    percent: int | None = None,
    key: str = "",
    ip: str = "",
) -> Ending:
    """Cancel a booking whose key was not handed over, through the staff's own door; return what goes back.

    ``how`` decides it: everything (COMPANY), by the tiers the booking was sold with (TIERS), or ``percent`` of what was paid (PERCENT).
    Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``reason``, ``how`` or ``percent``, NoBooking,
    NotCancellable, PaymentUnderWay while PayPal decides about a payment, KeyReused and Busy.
    """
    asked = _Asked(booking_id, how, _checked(how, percent), by.reason_of(reason))
    named = request("cancellation", key, asked)
    return await again(lambda: _cancel(door, asked, named, actor, ip))


def _checked(how: How, percent: int | None) -> int:
    if how not in _BY_STAFF:
        raise _wrong("how", _("Choose everything, the tiers, or another share."))
    if how is not How.PERCENT:
        return WHOLE
    if percent is None or not 0 <= percent <= WHOLE:
        raise _wrong("percent", _("Give a percentage from 0 to 100."))
    return percent


def _wrong(field: str, sentence: str) -> BadInput:
    return BadInput(_("Please check the fields that are marked."), fields={field: sentence})


@commits("cancel.write")
async def _cancel(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Ending:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _end(db, now, asked, actor, ip), Ending)


async def _end(db: Db, now: Standing, asked: _Asked, actor: Actor, ip: str) -> Ending:
    if now.status is BookingStatus.PENDING:
        ending = await _end_unpaid(db, now, actor, asked.reason)
        await outbox.enqueue(db, LETTER, booking_id=now.booking_id)
    else:
        terms = await may_end(db, now)
        percent = percent_for(terms.tiers, terms.pickup_at, now.now) if asked.how is How.TIERS else asked.percent
        ending = await end_paid(db, now, asked.how, percent, actor, asked.reason)
    told = {"how": ending.how, "refund": str(ending.refund), "currency": ending.currency}
    await by.note(db, actor, ip, "booking_cancelled", now.booking_id, reason=asked.reason, **told)
    return ending


async def _end_unpaid(db: Db, now: Standing, actor: Actor, reason: str | None) -> Ending:
    """End a booking that nobody has paid for; raises PaymentUnderWay while PayPal decides about it."""
    if await payments.open_operation(db, now.booking_id, Kind.CAPTURE):
        raise PaymentUnderWay
    await end_unpaid(db, [now.booking_id], BookingStatus.CANCELLED, "cancelled", actor, reason=reason)
    nothing = now.captured
    return Ending(how=None, percent=WHOLE, paid=nothing, refund=nothing, currency=now.currency, ended_at=now.now)
