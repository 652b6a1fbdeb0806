"""The end of a paid booking: decided, moved, its days free, its money promised back and its letter promised, all in one transaction."""

from exodrive.availability import store as days
from exodrive.bookings import store as bookings
from exodrive.bookings.endings import Ending, How, Terms
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.bookings.tiers import share_of
from exodrive.flows.change import store as changes
from exodrive.flows.change.force import drop
from exodrive.flows.checkout import refunding
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending import store
from exodrive.flows.ending.errors import NotCancellable
from exodrive.flows.ending.money import money_left
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.model import Kind

LIVING = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)
# What the end of a booking is called in its history.
_EVENTS = {How.NO_SHOW: "no_show", How.REFUSED: "refused", How.UNANSWERED: "unanswered"}


async def may_end(db: Db, now: Standing) -> Terms:
    """Return what the end of a paid booking is decided from; raises NotCancellable once it is over or the key was handed over."""
    terms = await store.terms(db, now.booking_id)
    if now.status not in LIVING or terms.handed_over_at is not None:
        raise NotCancellable
    return terms


async def end_paid(db: Db, now: Standing, how: How, percent: int, actor: Actor, reason: str | None) -> Ending:
    """End a paid booking that ``may_end``, and give back a percentage of what is left of its money. The caller holds the car's lock.

    Raises PaymentUnderWay while PayPal decides about the payment of a change, or of the rest.
    """
    await drop_change(db, now, actor, "the booking was ended")
    await _drop_rest(db, now)
    left = await money_left(db, now)
    back = share_of(left, percent)
    ending = Ending(how=how, percent=percent, paid=left.amount, refund=back.amount, currency=left.currency, ended_at=now.now)
    await store.write(db, now.booking_id, ending, reason)
    end = BookingStatus.NO_SHOW if how is How.NO_SHOW else BookingStatus.CANCELLED
    told = {"how": how, "percent": percent, "refund": back.text, "currency": back.currency}
    await bookings.move(db, [now.booking_id], now.status, end, _EVENTS.get(how, "cancelled"), actor, reason=reason, details=told)
    await days.free(db, now.booking_id)
    if back.amount:
        await refunding.promise(db, now, back, reason or how)
    await outbox.enqueue(db, "mail.ended", booking_id=now.booking_id)
    return ending


async def drop_change(db: Db, now: Standing, actor: Actor, why: str) -> None:
    """End a change that waits for its payment; raises PaymentUnderWay while PayPal decides about it. The caller holds the car's lock."""
    waiting = await changes.waiting(db, now.booking_id)
    if waiting and await payments.open_for_change(db, waiting.id, Kind.CAPTURE):
        raise PaymentUnderWay
    if waiting:
        await drop(db, waiting, actor, why)


async def _drop_rest(db: Db, now: Standing) -> None:
    """Who does not rent owes nothing more; a payment on its way is waited for."""
    rest = await instalments.of_booking(db, now.booking_id) if now.later else None
    if rest and rest.is_paying:
        raise PaymentUnderWay
    if rest:
        await instalments.drop(db, now.booking_id)
