"""Bookings that wait for an answer, and the answer, as JSON for staff."""

from datetime import date, datetime
from decimal import Decimal

import msgspec
from litestar import get, post

from exodrive.bookings.endings import Ending
from exodrive.flows.approval import answer
from exodrive.flows.approval.answer import Accepted
from exodrive.kit.db import Door
from exodrive.overview import approvals as overview
from exodrive.overview.approvals import Waiting
from exodrive.web.admin.file import AnyRequest, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.admin_endings import MAY, WhyOrder, booking_id_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json


class WaitingAnswer(msgspec.Struct, frozen=True):
    """A booking that is paid and waits to be accepted before ``due_at``, which is ``seconds_left`` from now; below zero it is too late."""

    reference: str
    car: str
    start: date
    end: date
    pickup_at: datetime
    renter: str
    email: str
    birth_date: date
    paid: Decimal
    currency: str
    due_at: datetime
    seconds_left: int


class ApprovalsAnswer(msgspec.Struct, frozen=True):
    """The bookings that wait, the most urgent first; ``has_more`` when there are more than are listed."""

    bookings: list[WaitingAnswer]
    has_more: bool


@get("/approvals")
async def index(db: Door) -> ApprovalsAnswer:
    """List the bookings that wait for an answer."""
    async with db.scope() as scope:
        rows, has_more = await overview.waiting(scope)
    return ApprovalsAnswer([_answer(row) for row in rows], has_more)


@post("/bookings/{reference:str}/acceptance", status_code=200)
async def accept(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> Accepted:
    """Accept a booking, once; return since when it is accepted. 409 ``not-awaited`` when it does not wait, or its time is over."""
    key, booking_id = checked(idempotency_key), await booking_id_of(db, reference)
    return await answer.accept(db, booking_id, actor(request), key=key, ip=visit_of(request).ip)


@post("/bookings/{reference:str}/refusal", status_code=200, opt=MAY)
async def refuse(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> Ending:
    """Refuse a booking, once; return what goes back, which is everything."""
    key, order = checked(idempotency_key), await read_json(request, WhyOrder)
    booking_id = await booking_id_of(db, reference)
    return await answer.refuse(db, booking_id, actor(request), order.reason, key=key, ip=visit_of(request).ip)


def _answer(row: Waiting) -> WaitingAnswer:
    about = (row.reference, row.car, row.start, row.end, row.pickup_at, row.renter, row.email, row.birth_date, row.paid, row.currency)
    return WaitingAnswer(*about, row.due_at, int(row.left.total_seconds()))


HANDLERS = [index, accept, refuse]
