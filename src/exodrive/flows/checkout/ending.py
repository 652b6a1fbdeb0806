"""The end of bookings that were not paid: the move, the days given back, the payment called off. All under the cars' locks."""

from collections.abc import Sequence

from exodrive.availability import store as days
from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor, BookingStatus
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId
from exodrive.payments.model import PaymentStatus
from exodrive.payments.summary import store as summary


async def end_unpaid(
    db: Db, booking_ids: Sequence[BookingId], end: BookingStatus, event: str, actor: Actor, *, reason: str | None = None
) -> list[BookingId]:
    """End pending bookings as cancelled or expired and free their days; return those that were still pending."""
    if not booking_ids:
        return []
    ended = await bookings.move(db, booking_ids, BookingStatus.PENDING, end, event, actor, reason=reason)
    await summary.set_status(db, ended, PaymentStatus.VOIDED)
    for booking_id in ended:
        await days.free(db, booking_id)
    return ended


async def clear_dead_holds(db: Db, car_id: CarId, *, spare: BookingId | None = None, actor: Actor = SYSTEM) -> None:
    """Free all days of a car whose hold has run out, except those of ``spare``, and expire their bookings, staff in their own name."""
    dead = await days.delete_dead_holds(db, car_id, spare=spare)
    await end_unpaid(db, dead, BookingStatus.EXPIRED, "expired", actor)
