"""Handing a car over: refused without a deposit that is held, unless a manager takes it upon themselves and says why."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.deposits import store as deposits
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit.store import last_for_hold
from exodrive.flows.ending.end import LIVING, drop_change
from exodrive.flows.instalment.rest import check_settled
from exodrive.flows.once import once, request
from exodrive.flows.rental import store
from exodrive.flows.rental.errors import NoDeposit, NotBack, NotReady, NotToHandOver, TooEarlyToHandOver
from exodrive.flows.rental.store import Trip
from exodrive.handovers import store as handovers
from exodrive.handovers.model import Reading, Way
from exodrive.kit import outbox
from exodrive.kit.days import day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.payments.model import End, Kind


class HandedOver(msgspec.Struct, frozen=True):
    """Since when a renter has the key, and whether a deposit stands behind the car."""

    at: datetime
    is_covered: bool


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reading: Reading
    corrected: bool
    without_deposit: str


async def hand_over(
    door: Door,
    booking_id: BookingId,
    reading: Reading,
    actor: Actor,
    *,
    corrected: bool = False,
    without_deposit: str = "",
    key: str = "",
    ip: str = "",
) -> HandedOver:
    """Hand a car over to its renter, through the staff's own door.

    ``corrected`` says that the odometer does show less than was noted last; ``without_deposit`` is why a manager hands over while
    nothing is held. Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``odometer``, NoBooking,
    NotToHandOver, NotAccepted, TooEarlyToHandOver, NotBack while somebody else has the car, RestOpen, NoDeposit, NotReady,
    PaymentUnderWay while PayPal decides about a change, KeyReused and Busy.
    """
    asked = _Asked(booking_id, reading, corrected, without_deposit.strip())
    named = request("hand-over", key, asked)
    try:
        return await again(lambda: _write(door, asked, named, actor, ip))
    except asyncpg.CheckViolationError as kept:  # the booking was not accepted, or a part of its price is still to be paid
        raise NotReady(kept.constraint_name) from kept


@commits("rental.hand_over")
async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> HandedOver:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _hand_over(db, now, asked, actor, ip), HandedOver)


async def _hand_over(db: Db, now: Standing, asked: _Asked, actor: Actor, ip: str) -> HandedOver:
    trip = await store.trip(db, now.booking_id)
    if now.status not in LIVING or trip.handed_over_at is not None or now.now >= trip.return_due_at:
        raise NotToHandOver
    if await bookings.waits(db, now.booking_id):
        raise NotAccepted
    if day_at(now.now, trip.time_zone) < trip.start:
        raise TooEarlyToHandOver
    if elsewhere := await store.out_elsewhere(db, trip.car_id, now.booking_id):
        raise NotBack(elsewhere)
    await check_settled(db, now)
    is_covered, why = await _behind(db, now, trip, asked)
    _check(asked, trip)
    await drop_change(db, now, actor, "the car was handed over")
    assert actor.id is not None
    about = (now.booking_id, trip.car_id, Way.OUT, now.now, asked.reading)
    await handovers.add(db, *about, UUID(actor.id), why)
    await _begin(db, now, actor, why, asked.reading)
    if trip.no_show_at is not None:
        await bookings.tell(db, now.booking_id, "no_show_withdrawn", actor, reason="the car was handed over")
    await store.went_out(db, now.booking_id, now.now)
    await store.read(db, trip.car_id, asked.reading.odometer)
    told = {"odometer": asked.reading.odometer, "fuel": asked.reading.fuel}
    await by.note(db, actor, ip, "car_handed_over", now.booking_id, without_deposit=why, **told)
    await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)
    return HandedOver(now.now, is_covered)


async def _behind(db: Db, now: Standing, trip: Trip, asked: _Asked) -> tuple[bool, str | None]:
    """Return whether the deposit is held or none is asked, and else why the key goes out all the same. Raises NoDeposit."""
    if not trip.has_deposit or await _is_held(db, now, trip.deposit):
        return True, None
    if not asked.without_deposit:
        raise NoDeposit
    return False, asked.without_deposit


async def _is_held(db: Db, now: Standing, deposit: Decimal) -> bool:
    """Whether a hold of so much is in force, and nobody has promised to give it back: PayPal may do that in the next second."""
    for hold in await deposits.of_booking(db, now.booking_id):
        if hold.covers(now.now) and hold.amount >= deposit:
            released = await last_for_hold(db, hold.id, Kind.RELEASE)
            if released is None or released[1].end is End.FAILED:
                return True
    return False


def _check(asked: _Asked, trip: Trip) -> None:
    if trip.odometer is not None and asked.reading.odometer < trip.odometer and not asked.corrected:
        last = {"number": trip.odometer, "unit": trip.unit}
        sentence = _("The last reading was %(number)d %(unit)s. Look again, or say that it was wrong.") % last
        raise BadInput(_("Please check the fields that are marked."), fields={"odometer": sentence})


async def _begin(db: Db, now: Standing, actor: Actor, why: str | None, reading: Reading) -> None:
    """Move the booking to its rental; one that the clock moved before is told to have begun."""
    told = msgspec.to_builtins(reading)
    if now.status is BookingStatus.ACTIVE:
        await bookings.tell(db, now.booking_id, "handed_over", actor, reason=why, **told)
        return
    await bookings.move(db, [now.booking_id], now.status, BookingStatus.ACTIVE, "handed_over", actor, reason=why, details=told)
