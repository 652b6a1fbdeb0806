"""Handing a car over and taking it back, as JSON: the same verbs as on the booking's file."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import post

from exodrive.flows.rental.hand_over import HandedOver, hand_over
from exodrive.flows.rental.take_back import TakenBack, take_back
from exodrive.flows.world import World
from exodrive.handovers.model import Fuel, Odometer, Reading
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, actor, file_of
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json


class HandOverOrder(msgspec.Struct, frozen=True):
    """What is read at the car before the key goes out: ``fuel`` in percent, ``corrected`` when the last reading was wrong."""

    odometer: Odometer
    fuel: Fuel
    corrected: bool = False


class WithoutDepositOrder(HandOverOrder, frozen=True, kw_only=True):
    """The same, and why no deposit need be held."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class ReturnOrder(msgspec.Struct, frozen=True):
    """What is read at the car that is back, and when it came, where that is noted later."""

    odometer: Odometer
    fuel: Fuel
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


@post("/bookings/{reference:str}/hand-over", status_code=200)
async def give_key(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> HandedOver:
    """Hand the car over to its renter, once per ``Idempotency-Key``; return since when they have it."""
    key, order = checked(idempotency_key), await read_json(request, HandOverOrder)
    return await _give(request, db, reference, order, key)


@post("/bookings/{reference:str}/hand-over/without-deposit", status_code=200, opt={"role": MOVES_MONEY})
async def give_key_without(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> HandedOver:
    """Hand the car over although no deposit is held, and say why."""
    key, order = checked(idempotency_key), await read_json(request, WithoutDepositOrder)
    return await _give(request, db, reference, order, key, order.reason)


async def _give(request: AnyRequest, db: Door, reference: str, order: HandOverOrder, key: str, why: str = "") -> HandedOver:
    booking_id, who, ip = await _id(db, reference), actor(request), visit_of(request).ip
    reading = Reading(order.odometer, order.fuel)
    return await hand_over(db, booking_id, reading, who, corrected=order.corrected, without_deposit=why, key=key, ip=ip)


@post("/bookings/{reference:str}/return", status_code=200)
async def take_key(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> TakenBack:
    """Take the car back, once per ``Idempotency-Key``; return since when it is back, and how many charges are proposed."""
    key, order = checked(idempotency_key), await read_json(request, ReturnOrder)
    booking_id, who, ip = await _id(db, reference), actor(request), visit_of(request).ip
    reading = Reading(order.odometer, order.fuel)
    return await take_back(world.tariffs, db, booking_id, reading, who, at=order.at, key=key, ip=ip)


async def _id(db: Door, reference: str) -> BookingId:
    async with db.scope() as scope:
        return BookingId((await file_of(scope, reference)).booking.id)


HANDLERS = [give_key, give_key_without, take_key]
