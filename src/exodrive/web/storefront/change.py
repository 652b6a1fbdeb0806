"""Changing a booking by its private page: a form, what it would cost, and the change itself."""

import re
from typing import Any

from litestar import Request, Response, Router, post, route

from exodrive.bookings.model import CheckoutOrder
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.change import make, pay
from exodrive.flows.change.errors import NotChangeable, NothingChanged
from exodrive.flows.change.propose import preview
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, Conflict, Problem
from exodrive.overview import booking_page
from exodrive.overview.booking_page import BookingPage, NoBooking
from exodrive.overview.kept_order import kept_order
from exodrive.web.shell import forms, pages
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.holder import holder
from exodrive.web.storefront.change_days import FIELDS
from exodrive.web.storefront.change_view import change_page, is_open, preview_of, wish_of

AnyRequest = Request[Any, Any, Any]
# Refusals that are told beside the form; of all others the booking's own page tells.
_HERE = frozenset({"journey-not-offered", "car-taken", "days-busy", "not-rented", "other-car", "only-longer"})
_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


@route("/booking/{reference:str}/change", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Show the form with what is booked; a booking that cannot be changed says so on its own page."""
    booking, order = await _booked(request, reference)
    if not is_open(booking, world, clock.now()):
        return pages.see_other(f"/booking/{reference}?told={NotAccepted.code if booking.waits else NotChangeable.code}")
    asked = {name: value for name in FIELDS if (value := request.query_params.get(name))}
    async with db.scope() as scope:
        page = await change_page(scope, world, booking, order, clock.now(), values=asked)
    return pages.render(request, "storefront/change.html", page)


@post("/booking/{reference:str}/change/preview", status_code=200, include_in_schema=False)
async def show_price(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Show what a change would cost, changing nothing."""
    values = await forms.read_texts(request)
    booking, order = await _booked(request, reference)
    return await _preview(request, db, world, booking, order, values)


async def _preview(
    request: AnyRequest, db: Door, world: World, booking: BookingPage, order: CheckoutOrder, values: dict[str, str], notice: str = ""
) -> Response[bytes]:
    try:
        proposal = await preview(world, holder(request, booking.reference), booking.reference, wish_of(values, booking))
        if proposal.is_nothing:
            raise NothingChanged
    except (NotChangeable, NotAccepted) as closed:
        return pages.see_other(f"/booking/{booking.reference}?told={closed.code}")
    except (BadInput, Conflict) as refusal:
        return await _refused(request, db, world, booking, order, values, refusal)
    shown = preview_of(proposal, world.quotes.sign(proposal.price, clock.now()), values, booking.car.name)
    async with db.scope() as scope:
        page = await change_page(scope, world, booking, order, clock.now(), values=values, preview=shown, notice=notice)
    return pages.render(request, "storefront/change.html", page)


async def _refused(
    request: AnyRequest, db: Door, world: World, booking: BookingPage, order: CheckoutOrder, values: dict[str, str], refusal: Problem
) -> Response[bytes]:
    """Show the form again with what was chosen and what is wrong with it."""
    notice, free = "" if refusal.fields else refusal.detail, refusal.extra.get("free")
    async with db.scope() as scope:
        page = await change_page(scope, world, booking, order, clock.now(), values=values, errors=refusal.fields, notice=notice, free=free)
    return pages.render(request, "storefront/change.html", page, status=refusal.status)


@post("/booking/{reference:str}/change", status_code=303, include_in_schema=False)
async def create(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Make the change that was shown: at once, or by way of PayPal when it costs more."""
    values = await forms.read_texts(request)
    booking, order = await _booked(request, reference)
    try:
        made = await make.make(world, holder(request, reference), reference, wish_of(values, booking), values.get("quote", ""))
    except NothingChanged:
        return pages.see_other(f"/booking/{reference}?told=changed")
    except (BadInput, Conflict) as refusal:
        if refusal.code == "price-changed" or "terms" in refusal.fields:
            return await _preview(request, db, world, booking, order, values, refusal.fields.get("terms", refusal.detail))
        if refusal.fields or refusal.code in _HERE:
            return await _refused(request, db, world, booking, order, values, refusal)
        return pages.see_other(f"/booking/{reference}?told={refusal.code}")
    except Problem as away:
        return pages.see_other(f"/booking/{reference}?told=change-{away.code}")
    return pages.see_other(made.approve_url or f"/booking/{reference}?told=changed")


@post("/booking/{reference:str}/change/payment", status_code=303, include_in_schema=False)
async def begin(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Send the holder to PayPal for the change that waits; when that cannot be, their booking's page says why."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    try:
        return pages.see_other(await pay.begin_waiting(world, booking_id))
    except Problem as refusal:
        return pages.see_other(f"/booking/{reference}?told=change-{refusal.code}")


@post("/booking/{reference:str}/change/withdrawal", status_code=303, include_in_schema=False)
async def withdraw(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Give up the change that waits for its payment."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    try:
        await make.give_up(world, booking_id)
    except Problem as refusal:
        return pages.see_other(f"/booking/{reference}?told={refusal.code}")
    return pages.see_other(f"/booking/{reference}?told=withdrawn")


async def _booked(request: AnyRequest, reference: str) -> tuple[BookingPage, CheckoutOrder]:
    if not _REFERENCE.fullmatch(reference):
        raise NoBooking
    async with holder(request, reference).scope() as db:
        return await booking_page.booking_page(db, reference), await kept_order(db, reference)


def routes() -> Router:
    """Return the door of changes."""
    return door("change", "/", [show, show_price, create, begin, withdraw], opens=anon)
