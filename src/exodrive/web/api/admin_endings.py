"""What staff do to a booking that will not be, and to its money, as JSON: the same verbs as on the booking's file."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import post

from exodrive.bookings.endings import Ending, How
from exodrive.flows import cancel, deciding, no_show, refund
from exodrive.flows.deciding import Decided
from exodrive.flows.instalment import waive
from exodrive.flows.instalment.waive import Waived
from exodrive.flows.no_show import Noted
from exodrive.flows.refund import Refunded
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId, OperationId
from exodrive.kit.money import Money
from exodrive.payments.decisions.model import Decision
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, actor, file_of
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json

Why = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
MAY = {"role": MOVES_MONEY}


class RefundOrder(msgspec.Struct, frozen=True):
    """A sum to give back, in the booking's currency."""

    amount: Decimal
    reason: Why


class CancellationOrder(msgspec.Struct, frozen=True):
    """Why a booking is cancelled, and what goes back: everything (``company``), by the ``tiers``, or a ``percent`` of what was paid."""

    reason: Why
    how: How = How.COMPANY
    percent: int | None = None


class DecisionOrder(msgspec.Struct, frozen=True):
    """What is to become of a payment in doubt: ``accept`` what PayPal shows, ``give_back`` the money and end what it was for, or ``close``
    it as one that came to nothing.
    """

    decision: Decision
    reason: Why


@post("/bookings/{reference:str}/cancellation", status_code=200, opt=MAY)
async def cancel_booking(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Ending:
    """Cancel a booking, once per ``Idempotency-Key``; return what goes back."""
    key, order = checked(idempotency_key), await read_json(request, CancellationOrder)
    booking_id, who, ip = await booking_id_of(db, reference), actor(request), visit_of(request).ip
    return await cancel.by_staff(world, db, booking_id, who, order.reason, how=order.how, percent=order.percent, key=key, ip=ip)


@post("/bookings/{reference:str}/refunds", status_code=201, opt=MAY)
async def give_back(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Refunded:
    """Promise a sum of what was paid back, once per ``Idempotency-Key``; return it with what is left."""
    key, order = checked(idempotency_key), await read_json(request, RefundOrder)
    async with db.scope() as scope:
        booking = (await file_of(scope, reference)).booking
    money, who = Money(order.amount, booking.currency), actor(request)
    return await refund.by_staff(world, db, BookingId(booking.id), money, who, order.reason, key=key, ip=visit_of(request).ip)


@post("/bookings/{reference:str}/payments/{operation_id:uuid}/decision", status_code=202, opt=MAY)
async def decide(request: AnyRequest, db: Door, reference: str, operation_id: UUID, idempotency_key: Key = None) -> Decided:
    """Decide about a payment that PayPal's answers do not settle, once per ``Idempotency-Key``; the worker acts on it within seconds."""
    key, order = checked(idempotency_key), await read_json(request, DecisionOrder)
    booking_id, who, ip = await booking_id_of(db, reference), actor(request), visit_of(request).ip
    return await deciding.by_staff(db, booking_id, OperationId(operation_id), order.decision, who, order.reason, key=key, ip=ip)


class WhyOrder(msgspec.Struct, frozen=True):
    """Why staff do something; the history keeps it."""

    reason: Why


@post("/bookings/{reference:str}/no-show", status_code=200)
async def note_no_show(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Noted:
    """Note that nobody came for the car; return from when on the booking is a no-show, unless that is taken back."""
    key, order = checked(idempotency_key), await read_json(request, WhyOrder)
    booking_id, who, ip = await booking_id_of(db, reference), actor(request), visit_of(request).ip
    return await no_show.mark(world, db, booking_id, who, order.reason, key=key, ip=ip)


@post("/bookings/{reference:str}/no-show/withdrawal", status_code=200)
async def take_back_no_show(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Noted:
    """Take back that nobody came."""
    key, order = checked(idempotency_key), await read_json(request, WhyOrder)
    booking_id, who, ip = await booking_id_of(db, reference), actor(request), visit_of(request).ip
    return await no_show.undo(world, db, booking_id, who, order.reason, key=key, ip=ip)


@post("/bookings/{reference:str}/rest/waiver", status_code=200, opt=MAY)
async def waive_rest(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> Waived:
    """Waive the rest of the price, once per ``Idempotency-Key``; return how much it was."""
    key, order = checked(idempotency_key), await read_json(request, WhyOrder)
    booking_id, who, ip = await booking_id_of(db, reference), actor(request), visit_of(request).ip
    return await waive.by_staff(db, booking_id, who, order.reason, key=key, ip=ip)


async def booking_id_of(db: Door, reference: str) -> BookingId:
    """Return the id of a booking. Raises NotFound."""
    async with db.scope() as scope:
        return BookingId((await file_of(scope, reference)).booking.id)


HANDLERS = [cancel_booking, give_back, decide, note_no_show, take_back_no_show, waive_rest]
