"""Taking a car back: the rental is over, and the deposit is given back some days later when nothing is claimed."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec

from exodrive.availability.late import store as late
from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor, BookingStatus
from exodrive.charges.model import Tariffs
from exodrive.clashes import store as clashes
from exodrive.clashes.model import How
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.charging.propose import propose
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending.end import drop_change
from exodrive.flows.once import once, request
from exodrive.flows.overdue.close import end
from exodrive.flows.rental import store
from exodrive.flows.rental.errors import NotOut
from exodrive.flows.rental.store import Trip
from exodrive.handovers import store as handovers
from exodrive.handovers.model import Handover, Reading, Way
from exodrive.kit import outbox
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _


class TakenBack(msgspec.Struct, frozen=True):
    """Since when a car is back, and how many charges are proposed for what was read."""

    at: datetime
    proposed: int = 0


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reading: Reading
    at: datetime | None


async def take_back(
    tariffs: Tariffs,
    door: Door,
    booking_id: BookingId,
    reading: Reading,
    actor: Actor,
    *,
    at: datetime | None = None,
    key: str = "",
    ip: str = "",
) -> TakenBack:
    """Take a car back, through the staff's own door; ``at`` is when it came where that is noted later. What the
    readings come to beside the rental is proposed to staff by the ``tariffs``.

    Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``odometer`` or ``at``, NoBooking, NotOut, KeyReused
    and Busy.
    """
    asked = _Asked(booking_id, reading, at)
    named = request("return", key, asked)
    return await again(lambda: _write(door, asked, named, tariffs, actor, ip))


@commits("rental.take_back")
async def _write(door: Door, asked: _Asked, named: Request | None, tariffs: Tariffs, actor: Actor, ip: str) -> TakenBack:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _take_back(db, now, asked, tariffs, actor, ip), TakenBack)


async def _take_back(db: Db, now: Standing, asked: _Asked, tariffs: Tariffs, actor: Actor, ip: str) -> TakenBack:
    trip = await store.trip(db, now.booking_id)
    out = (await handovers.of_booking(db, now.booking_id)).get(Way.OUT)
    if now.status is not BookingStatus.ACTIVE or out is None or trip.handed_over_at is None or trip.returned_at is not None:
        raise NotOut
    at = asked.at or now.now
    _check(asked.reading, at, out, now.now)
    with suppress(PaymentUnderWay):  # what is on its way for more days goes back as soon as it comes
        await drop_change(db, now, actor, "the car is back")
    assert actor.id is not None
    await handovers.add(db, now.booking_id, trip.car_id, Way.IN, at, asked.reading, UUID(actor.id))
    told = msgspec.to_builtins(asked.reading) | {"at": at.isoformat()}
    await store.came_back(db, now.booking_id, at)
    await bookings.move(db, [now.booking_id], now.status, BookingStatus.COMPLETED, "returned", actor, details=told)
    await store.read(db, trip.car_id, asked.reading.odometer)
    await _give_back_days(db, now, trip, at, actor)
    await by.note(db, actor, ip, "car_taken_back", now.booking_id, **told)
    await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)
    return TakenBack(at, await propose(db, now.booking_id, out, asked.reading, tariffs, actor))


async def _give_back_days(db: Db, now: Standing, trip: Trip, at: datetime, actor: Actor) -> None:
    """Whoever is early leaves days that the shop may sell; who was late leaves those they kept, and nobody waits for the car any more."""
    last = day_at(at, trip.time_zone)
    await late.claim(db, trip.car_id, Days(last, last), now.booking_id, turnaround_days=trip.turnaround_days)
    if freed := await late.end_on(db, trip.car_id, now.booking_id, last, turnaround_days=trip.turnaround_days):
        await bookings.tell(db, now.booking_id, "days_given_back", actor, days=freed)
    await end(db, await clashes.open_of(db, now.booking_id), How.RETURNED, actor)


def _check(reading: Reading, at: datetime, out: Handover, now: datetime) -> None:
    wrong = {}
    if reading.odometer < out.odometer:
        wrong["odometer"] = _("It showed %(number)d when the car went out; it cannot show less now.") % {"number": out.odometer}
    if not out.at <= at <= now:
        wrong["at"] = _("The car came back after it went out, and not later than now.")
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
