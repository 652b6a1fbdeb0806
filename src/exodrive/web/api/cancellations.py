"""Cancel a booking as its renter: what would go back, and the cancellation itself."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from litestar import Request, Router, post, route

from exodrive.bookings.endings import Ending
from exodrive.flows import cancel
from exodrive.flows.world import World
from exodrive.kit.money import Money
from exodrive.overview import booking_page
from exodrive.web.api.document import refusals
from exodrive.web.shell import forms
from exodrive.web.shell.doors import READ, checkout, door
from exodrive.web.shell.holder import holder

AnyRequest = Request[Any, Any, Any]


class NewCancellation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the renter was shown to go back; 0 for a booking that is not paid."""

    refund: Decimal


class CancellationPrice(msgspec.Struct, frozen=True):
    """What would go back now: ``percent`` of what was ``paid`` and has not gone back before. It may be cancelled ``until`` then."""

    percent: int
    paid: Decimal
    refund: Decimal
    currency: str
    until: datetime


class CancellationAnswer(msgspec.Struct, frozen=True):
    """A booking that is cancelled, and what goes back; ``cancelled_at`` is when it was decided."""

    status: Literal["cancelled"]
    percent: int
    paid: Decimal
    refund: Decimal
    currency: str
    cancelled_at: datetime


@route(
    "/api/bookings/{reference:str}/cancellation/price",
    http_method=READ,
    summary="Tell what would go back if a booking were cancelled now",
    opt={"holder": True},
    responses=refusals(404, 409),
)
async def price(request: AnyRequest, world: World, reference: str) -> CancellationPrice:
    """Return what would go back, changing nothing. Needs the booking's cookie, or its token as bearer. 409 ``cancel-closed`` from the
    cut-off on.
    """
    booking = await _booked(request, reference)
    would = await cancel.preview(world, booking.id)
    until = cancel.open_until(booking, world.rules)
    return CancellationPrice(would.percent, would.paid, would.refund, would.currency, until)


@post(
    "/api/bookings/{reference:str}/cancellation",
    status_code=200,
    summary="Cancel a booking",
    opt={"holder": True, "body": NewCancellation},
    responses=refusals(400, 403, 404, 409, 413, 415, 422),
)
async def create(request: AnyRequest, world: World, reference: str) -> CancellationAnswer:
    """Cancel a booking if ``refund`` is still what goes back; 409 ``refund-changed`` brings what it is now. Asked again, the answer is the
    same. Needs the booking's cookie, or its token as bearer.
    """
    booking = await _booked(request, reference)
    asked = await forms.read_json(request, NewCancellation)
    return _answer(await cancel.by_renter(world, booking.id, Money(asked.refund, booking.currency)))


def _answer(ended: Ending) -> CancellationAnswer:
    return CancellationAnswer("cancelled", ended.percent, ended.paid, ended.refund, ended.currency, ended.ended_at)


async def _booked(request: AnyRequest, reference: str) -> booking_page.BookingPage:
    async with holder(request, reference).scope() as db:
        return await booking_page.booking_page(db, reference)


def routes() -> Router:
    """Return the door of cancellations."""
    return door("cancellations API", "/", [price, create], opens=checkout, opt={"api": True})
