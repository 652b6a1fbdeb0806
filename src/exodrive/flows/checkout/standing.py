"""How the payment of a booking stands: read under the car's lock to decide, without it to tell."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import Any

from exodrive.availability import store as days
from exodrive.bookings import store as bookings
from exodrive.bookings.service import NoBooking
from exodrive.bookings.states import BookingStatus
from exodrive.flows.checkout import store
from exodrive.flows.checkout.model import Expected, Outcome, Standing, Step
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.model import PAYING, End, Latest
from exodrive.payments.named import store as named

PATIENCE = 6.0  # seconds a renter who came back waits for a capture that somebody else is making
_LOOK_EACH = 0.25
_FINAL = {End.SUCCEEDED: Step.PAID, End.DECLINED: Step.DECLINED}
_ENDED = (BookingStatus.CANCELLED, BookingStatus.EXPIRED)


async def locked(db: Db, booking_id: BookingId, *, also: Iterable[CarId] = ()) -> Standing:
    """Take the lock of a booking's car, then read: from here to the end of the transaction nobody else decides. Raises NoBooking.

    The locks of other cars are taken ``also``, all in id order. A booking that was given another car while we waited is waited for anew.
    """
    car_id = await bookings.car_of(db, booking_id)
    if car_id is None:
        raise NoBooking
    cars = {car_id, *also}
    await days.lock_cars(db, cars)
    now = await read(db, booking_id)
    while now.car_id not in cars:
        cars.add(now.car_id)
        await days.lock_cars(db, [now.car_id])
        now = await read(db, booking_id)
    return now


async def read(db: Db, booking_id: BookingId) -> Standing:
    """Return how a booking and its payment stand. Raises NoBooking."""
    standing = await store.standing(db, booking_id)
    if standing is None:
        raise NoBooking
    return standing


async def terms(db: Db, payee: str, now: Standing, order_id: str) -> dict[str, Any]:
    """Return by which names a capture of an order must go: our number, and who is paid, as set here or as the order said at first; and
    the ``deposit`` that is to be held by the same order, if one is.
    """
    opened = await named.opened_by(db, now.booking_id, order_id)
    if opened is None:
        return {"payee": payee}
    names = {"invoice_id": f"{now.reference}-{opened.attempt}", "payee": payee or opened.payee or ""}
    return names | {"deposit": opened.deposit} if opened.deposit else names


async def expected(db: Db, payee: str, now: Standing, order_id: str, money: Money | None = None) -> Expected:
    """Return what an order must name before its money is taken; ``money`` where it is not the booking's."""
    told = await terms(db, payee, now, order_id)
    both = now.money + Money(Decimal(told.get("deposit", 0)), now.currency)
    return Expected(money or both, now.booking_id, now.reference, told.get("invoice_id"), told["payee"] or None)


async def outcome(db: Db, standing: Standing) -> Outcome:
    """Return how a payment stands in the words of the renter's page."""
    return Outcome(await _step(db, standing), standing.booking_id, standing.reference)


async def _step(db: Db, standing: Standing) -> Step:
    """The ledger is asked after the booking: a capture that was recorded in between has made the booking a paid one meanwhile."""
    if standing.status in _ENDED:
        return Step.GONE
    if standing.status is not BookingStatus.PENDING:
        return Step.PAID
    last = await payments.last_asked(db, standing.booking_id, *PAYING)
    return step_of(last)


def step_of(last: Latest | None) -> Step:
    """Return how a payment stands by the newest capture that was asked for."""
    if last is None:
        return Step.NOT_PAID
    if last.is_open:
        return Step.CHECKING
    return _FINAL.get(last.end or End.FAILED, Step.NOT_PAID)


async def wait(look: Callable[[], Awaitable[Outcome]], patience: float) -> Outcome:
    """Look until the end of a payment that somebody else is making is known, for so many seconds at most."""
    until = time.monotonic() + patience
    while True:
        told = await look()
        if told.step is not Step.CHECKING or time.monotonic() >= until:
            return told
        await asyncio.sleep(_LOOK_EACH)
