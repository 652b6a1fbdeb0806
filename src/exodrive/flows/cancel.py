"""Cancelling a booking: by staff, or by its renter until the cut-off. What goes back is decided with the end itself."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from exodrive.bookings.endings import Ending, How, Terms
from exodrive.bookings.model import CUSTOMER, Actor, BookingStatus, Rules
from exodrive.bookings.tiers import WHOLE, percent_for, share_of
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.ending import end_unpaid
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending import store
from exodrive.flows.ending.end import LIVING, end_paid, may_end
from exodrive.flows.ending.errors import CancelClosed, NotCancellable, RefundChanged
from exodrive.flows.ending.money import money_left
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.payments import store as payments
from exodrive.payments.model import PAYING

__all__ = ["CancelClosed", "NotCancellable", "RefundChanged", "by_renter", "by_staff", "closes_at", "open_until", "preview"]

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
        await outbox.enqueue(db, "mail.ended", booking_id=now.booking_id)
    else:
        terms = await may_end(db, now)
        ending = await end_paid(db, now, asked.how, _percent(terms, asked, now.now), actor, asked.reason)
    told = {"how": ending.how, "refund": str(ending.refund), "currency": ending.currency}
    await by.note(db, actor, ip, "booking_cancelled", now.booking_id, reason=asked.reason, **told)
    return ending


def _percent(terms: Terms, asked: _Asked, now: datetime) -> int:
    """Return what goes back; of a booking that we have not accepted that is everything, whoever cancels it."""
    if terms.waits and asked.how is How.PERCENT and asked.percent != WHOLE:
        raise _wrong("percent", _("We have not accepted this booking, so everything goes back."))
    if asked.how is not How.TIERS or terms.waits:
        return asked.percent
    return percent_for(terms.tiers, terms.pickup_at, now)


def closes_at(pickup_at: datetime, rules: Rules) -> datetime:
    """Return until when its renter may cancel a paid booking."""
    return pickup_at - timedelta(hours=rules.cancel_hours)


def open_until(booking: BookingPage, rules: Rules) -> datetime:
    """Return until when its renter may cancel a paid booking; one that waits for our answer is cancelled until that is due."""
    if booking.waits and booking.approval_due_at:
        return booking.approval_due_at
    return closes_at(booking.pickup_at, rules)


async def preview(world: World, booking_id: BookingId) -> Ending:
    """Return what would go back if its renter cancelled a booking now, changing nothing. Raises NoBooking and CancelClosed."""
    async with world.door.scope() as db:
        now = await standing.read(db, booking_id)
        if now.status is BookingStatus.PENDING:
            return _nothing(now)
        percent, left = await _open_for_renter(db, world.rules, now), await money_left(db, now)
    back = share_of(left, percent)
    return Ending(how=How.RENTER, percent=percent, paid=left.amount, refund=back.amount, currency=left.currency, ended_at=now.now)


async def by_renter(world: World, booking_id: BookingId, shown: Money | None = None) -> Ending:
    """Cancel a booking for its renter until the cut-off, by the tiers it was sold with, or give up one that is not paid.

    ``shown`` is what the renter was told would go back. Asked again, what was decided is told again. Raises NoBooking, CancelClosed,
    RefundChanged, and PaymentUnderWay while PayPal decides about a payment.
    """
    return await again(lambda: _by_renter(world, booking_id, shown))


@commits("cancel.renter")
async def _by_renter(world: World, booking_id: BookingId, shown: Money | None) -> Ending:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        done = await store.find(db, booking_id)
        if done and done.how is How.RENTER:
            return done
        if now.status is BookingStatus.PENDING:
            return await _end_unpaid(db, now, CUSTOMER, None)
        if now.status is BookingStatus.CANCELLED and not now.captured:
            return _nothing(now)
        percent = await _open_for_renter(db, world.rules, now)
        back = share_of(await money_left(db, now), percent)
        if shown is not None and not (shown.amount.is_finite() and shown == back):
            raise RefundChanged(back)
        return await end_paid(db, now, How.RENTER, percent, CUSTOMER, None)


async def _open_for_renter(db: Db, rules: Rules, now: Standing) -> int:
    """Return the percentage that goes back; raises CancelClosed from the cut-off on.

    While we have not accepted a booking its renter may go any time, and pays nothing.
    """
    terms = await store.terms(db, now.booking_id) if now.status in LIVING else None
    if (
        terms is None
        or terms.handed_over_at is not None
        or now.now >= (terms.pickup_at if terms.waits else closes_at(terms.pickup_at, rules))
    ):
        raise CancelClosed
    return WHOLE if terms.waits else percent_for(terms.tiers, terms.pickup_at, now.now)


async def _end_unpaid(db: Db, now: Standing, actor: Actor, reason: str | None) -> Ending:
    """End a booking that nobody has paid for; raises PaymentUnderWay while PayPal decides about it."""
    if await payments.open_operation(db, now.booking_id, *PAYING):
        raise PaymentUnderWay
    await end_unpaid(db, [now.booking_id], BookingStatus.CANCELLED, "cancelled", actor, reason=reason)
    return _nothing(now)


def _nothing(now: Standing) -> Ending:
    """What goes back of a booking that nobody has paid for."""
    return Ending(how=None, percent=WHOLE, paid=Decimal(0), refund=Decimal(0), currency=now.currency, ended_at=now.now)
