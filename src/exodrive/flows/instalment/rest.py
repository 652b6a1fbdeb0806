"""The rest of a price under the lock of its booking's car, and whether anything may be done about it."""

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.change import store as changes
from exodrive.flows.change.force import drop
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.instalment.errors import ChangeFirst, NoRest, RestOpen
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.instalments.model import Instalment
from exodrive.payments.model import Kind

STANDS = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)


async def locked(db: Db, booking_id: BookingId) -> tuple[Standing, Instalment]:
    """Take the lock of a booking's car, then read how the booking and the rest of its price stand. Raises NoBooking and NoRest."""
    now = await standing.locked(db, booking_id)
    rest = await instalments.of_booking(db, booking_id)
    if rest is None:
        raise NoRest
    return now, rest


async def check_settled(db: Db, now: Standing) -> None:
    """Raise RestOpen while something of a booking's price is still to be paid; the database says the same to whoever does not ask."""
    rest = await instalments.of_booking(db, now.booking_id) if now.later else None
    if rest and rest.is_open:
        raise RestOpen


async def clear_way(db: Db, now: Standing, rest: Instalment, actor: Actor) -> None:
    """Make sure that a rest is due and nothing else moves it; a change nobody paid for in time is dropped. The caller holds the car's lock.

    Raises NoRest, NotAccepted while the booking waits for our answer, PaymentUnderWay and ChangeFirst.
    """
    if not rest.is_open or now.status not in STANDS:
        raise NoRest
    if await bookings.waits(db, now.booking_id):
        raise NotAccepted
    if rest.is_paying:
        raise PaymentUnderWay
    waiting = await changes.waiting(db, now.booking_id)
    if waiting is None:
        return
    if await payments.open_for_change(db, waiting.id, Kind.CAPTURE):
        raise PaymentUnderWay
    if waiting.is_held(now.now):
        raise ChangeFirst
    await drop(db, waiting, actor, "not paid in time")
