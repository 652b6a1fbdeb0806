"""Cancelling a booking by its private page: what would go back is shown first, and a press does it."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from litestar import Request, Response, Router, post, route

from exodrive.bookings.endings import Ending
from exodrive.bookings.tiers import tier_words
from exodrive.flows import cancel
from exodrive.flows.ending.words import back_words
from exodrive.flows.world import World
from exodrive.kit.errors import Problem
from exodrive.kit.money import Money
from exodrive.overview.booking_page import BookingPage, NoBooking, booking_page
from exodrive.pricing.words import money
from exodrive.web.shell import forms, pages
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.holder import holder

AnyRequest = Request[Any, Any, Any]
_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


class CancelPage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. ``refund`` is what the press is about, as it is sent; it is empty for a booking that was never paid."""

    booking: BookingPage
    tiers: tuple[str, ...]
    percent: int
    paid: str
    back: str
    told: str
    is_paid: bool
    goes_back: bool
    refund: str
    notice: str


@route("/booking/{reference:str}/cancellation", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Show what would go back; a booking that cannot be cancelled says so on its own page."""
    return await _page(request, world, await _booked(request, reference))


@post("/booking/{reference:str}/cancellation", status_code=303, include_in_schema=False)
async def create(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Cancel the booking if what was shown is still what goes back; else show it again."""
    booking, shown = await _booked(request, reference), (await forms.read_texts(request)).get("refund", "")
    try:
        ended = await cancel.by_renter(world, booking.id, _money(shown, booking.currency))
    except cancel.RefundChanged as changed:
        return await _page(request, world, booking, notice=changed.detail)
    except Problem as refusal:
        return pages.see_other(f"/booking/{reference}?told={refusal.code}")
    return pages.see_other(f"/booking/{reference}?told={'cancelled' if ended.how else 'given-up'}")


async def _page(request: AnyRequest, world: World, booking: BookingPage, *, notice: str = "") -> Response[bytes]:
    try:
        would = await cancel.preview(world, booking.id)
    except cancel.CancelClosed as closed:
        return pages.see_other(f"/booking/{booking.reference}?told={closed.code}")
    return pages.render(request, "storefront/cancel.html", _view(booking, would, notice), status=409 if notice else 200)


def _view(booking: BookingPage, would: Ending, notice: str) -> CancelPage:
    return CancelPage(
        booking=booking,
        tiers=tuple(map(tier_words, booking.tiers)),
        percent=would.percent,
        paid=money(would.paid, would.currency),
        back=money(would.refund, would.currency),
        told=back_words(would),
        is_paid=would.how is not None,
        goes_back=would.refund > 0,
        refund=would.money.text if would.how else "",
        notice=notice,
    )


def _money(text: str, currency: str) -> Money | None:
    """Return what was shown; a form that does not say is as good as one that shows nothing goes back."""
    try:
        return Money(Decimal(text), currency) if text else Money(Decimal(0), currency)
    except InvalidOperation:
        return Money(Decimal(0), currency)


async def _booked(request: AnyRequest, reference: str) -> BookingPage:
    if not _REFERENCE.fullmatch(reference):
        raise NoBooking
    async with holder(request, reference).scope() as db:
        return await booking_page(db, reference)


def routes() -> Router:
    """Return the door of cancelling."""
    return door("cancellation", "/", [show, create], opens=anon)
