"""Cancelling on the company's behalf: the days are free again, and all that was paid goes back."""

from exodrive.availability import store as days
from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.change import store as changes
from exodrive.flows.change.force import drop
from exodrive.flows.checkout import refunding, standing
from exodrive.flows.checkout.ending import end_unpaid
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending.money import money_left
from exodrive.flows.world import World
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import Conflict
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.payments import store as payments
from exodrive.payments.model import Kind


class NotCancellable(Conflict):
    """The booking has begun, or has ended already."""

    code = "not-cancellable"

    def __init__(self) -> None:
        super().__init__(_("This booking cannot be cancelled any more."))


async def by_staff(world: World, door: Door, booking_id: BookingId, actor: Actor, reason: str, *, ip: str = "") -> None:
    """Cancel a pending or upcoming booking through the staff's own door: days freed, everything captured promised back, history written.

    Raises BadInput without a reason, NoBooking, NotCancellable, and PaymentUnderWay while PayPal decides about a payment.
    """
    why = by.reason_of(reason)
    await again(lambda: _cancel(door, booking_id, actor, why, ip))


@commits("cancel.write")
async def _cancel(door: Door, booking_id: BookingId, actor: Actor, reason: str, ip: str) -> None:
    async with door.scope() as db:
        now = await standing.locked(db, booking_id)
        if now.status is BookingStatus.PENDING:
            if await payments.open_operation(db, booking_id, Kind.CAPTURE):
                raise PaymentUnderWay
            await end_unpaid(db, [booking_id], BookingStatus.CANCELLED, "cancelled", actor, reason=reason)
        elif now.status is BookingStatus.UPCOMING:
            await _drop_change(db, now, actor)
            await _end(db, now, actor, reason)
        else:
            raise NotCancellable
        await by.note(db, actor, ip, "booking_cancelled", booking_id, reason=reason)


async def _end(db: Db, now: Standing, actor: Actor, reason: str) -> None:
    left = await money_left(db, now)
    await bookings.move(db, [now.booking_id], now.status, BookingStatus.CANCELLED, "cancelled", actor, reason=reason)
    await days.free(db, now.booking_id)
    if left.amount:
        await refunding.promise(db, now, left, reason)


async def _drop_change(db: Db, now: Standing, actor: Actor) -> None:
    """End a change that waits for its payment; a payment on its way is waited for."""
    waiting = await changes.waiting(db, now.booking_id)
    if waiting and await payments.open_for_change(db, waiting.id, Kind.CAPTURE):
        raise PaymentUnderWay
    if waiting:
        await drop(db, waiting, actor, "the booking was cancelled")
