"""What staff do to a booking that will not be, and to its money."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, post

from exodrive.bookings.endings import How
from exodrive.flows import cancel, deciding, no_show, refund
from exodrive.flows.instalment import waive
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId, OperationId
from exodrive.kit.money import Money
from exodrive.overview.staff_file import File
from exodrive.payments.decisions.model import Decision
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import visit_of


class Cancellation(msgspec.Struct, frozen=True):
    """Why a booking is cancelled, and what goes back: everything, by the tiers, or another percentage."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    how: How = How.COMPANY
    percent: int | None = None
    key: str = ""
    csrf: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why staff did something; the history keeps it."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    key: str = ""
    csrf: str = ""


class Refund(msgspec.Struct, frozen=True):
    """A sum to give back, in the booking's currency."""

    amount: Decimal
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    key: str = ""
    csrf: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """What is to become of a payment in doubt, and why."""

    decision: Decision
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    key: str = ""
    csrf: str = ""


@post("/bookings/{reference:str}/cancellation", status_code=303, opt={"role": MOVES_MONEY})
async def cancel_booking(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Cancel a booking: the days are free again, and what was chosen goes back."""

    async def run(file: File, form: Cancellation) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await cancel.by_staff(world, db, booking_id, who, form.reason, how=form.how, percent=form.percent, key=form.key, ip=ip)

    return await act(request, db, reference, Cancellation, run, panel="cancel")


@post("/bookings/{reference:str}/refunds", status_code=303, opt={"role": MOVES_MONEY})
async def give_back(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Give back a part of what was paid, or the rest of it."""

    async def run(file: File, form: Refund) -> None:
        money, who = Money(form.amount, file.booking.currency), actor(request)
        booking_id, ip = BookingId(file.booking.id), visit_of(request).ip
        await refund.by_staff(world, db, booking_id, money, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Refund, run, panel="refund")


@post("/bookings/{reference:str}/payments/{operation_id:uuid}/decision", status_code=303, opt={"role": MOVES_MONEY})
async def decide(request: AnyRequest, db: Door, reference: str, operation_id: UUID) -> Response[bytes]:
    """Decide about a payment that PayPal's answers do not settle."""

    async def run(file: File, form: DecisionForm) -> None:
        about = (BookingId(file.booking.id), OperationId(operation_id), form.decision)
        await deciding.by_staff(db, *about, actor(request), form.reason, key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, DecisionForm, run, panel=f"decide-{operation_id}")


@post("/bookings/{reference:str}/no-show", status_code=303)
async def note_no_show(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Note that nobody came for the car."""

    async def run(file: File, form: Reason) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await no_show.mark(world, db, booking_id, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Reason, run, panel="no-show")


@post("/bookings/{reference:str}/no-show/withdrawal", status_code=303)
async def take_back_no_show(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Take back that nobody came."""

    async def run(file: File, form: Reason) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await no_show.undo(world, db, booking_id, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Reason, run, panel="no-show")


@post("/bookings/{reference:str}/rest/waiver", status_code=303, opt={"role": MOVES_MONEY})
async def waive_rest(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Waive the rest of the price."""

    async def run(file: File, form: Reason) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await waive.by_staff(db, booking_id, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Reason, run, panel="rest")


HANDLERS = [cancel_booking, give_back, decide, note_no_show, take_back_no_show, waive_rest]
