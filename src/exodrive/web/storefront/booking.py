"""The private page of one booking: opened by a link, kept by a cookie, read as its holder."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post, route

from exodrive.bookings import orders
from exodrive.bookings import store as bookings
from exodrive.bookings.fields import Notes, Phone, Short
from exodrive.bookings.pin import service as pins
from exodrive.flows.cancel import open_until
from exodrive.flows.world import World
from exodrive.kit import clock, links
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage, NoBooking, booking_page, id_of
from exodrive.overview.changes import changes_of
from exodrive.overview.own_charges import Owed, own_charges
from exodrive.web.shell import cookies, forms, pages
from exodrive.web.shell.doors import anon, door
from exodrive.web.shell.holder import enter, holder
from exodrive.web.shell.site import Site
from exodrive.web.storefront.again import Again, again_of
from exodrive.web.storefront.booking_view import is_over, view_of
from exodrive.web.storefront.browse import READ
from exodrive.web.storefront.changing import changing_of
from exodrive.web.storefront.ics import calendar_file

AnyRequest = Request[Any, Any, Any]
_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


class LinkPage(msgspec.Struct, frozen=True):
    """The landing page of a private link: the token waits in the form until somebody, or the script, presses the button."""

    token: str


class PinPage(msgspec.Struct, frozen=True):
    """The second step of a link with a PIN: the token waits in the form beside the six digits; ``error`` is what was wrong with them."""

    token: str
    error: str = ""


class Details(msgspec.Struct, frozen=True):
    """How the renter is called and reached, and what they want us to know."""

    first_name: Short = ""
    last_name: Short = ""
    phone: Phone = ""
    notes: Notes = ""


@route("/booking/{key:str}", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, db: Door, world: World, site: Site, key: str) -> Response[bytes]:
    """Show a booking to its holder; for a link's token, one button and nothing else: following a link changes nothing."""
    if len(key) == links.TOKEN_LENGTH:
        return pages.render(request, "storefront/open.html", LinkPage(key))
    booking = await _held_by(request, key)
    again = await _again(request, db, world, booking)
    changing = await changing_of(holder(request, key), world, booking, clock.now())
    owed = await _owed(request, booking)
    until = open_until(booking, world.rules) if booking.is_ahead else None
    told = request.query_params.get("told", "")
    view = view_of(booking, site, clock.now(), again=again, changing=changing, owed=owed, cancel_until=until, told=told)
    return pages.render(request, "storefront/booking.html", view)


@post("/booking/open", status_code=303, include_in_schema=False)
async def unlock(request: AnyRequest, world: World, site: Site) -> Response[bytes]:
    """Remember what opens a link's booking in the booking's own cookie and go to its page; a link with a PIN asks for it first."""
    values = await forms.read_texts(request)
    token, pin = values.get("token", ""), values.get("pin")
    try:
        entry = await enter(request, world, token, pin)
    except pins.PinAsked:
        return pages.render(request, "storefront/pin.html", PinPage(token))
    except (pins.WrongPin, pins.NoTriesLeft) as refusal:
        return _pin_again(request, token, refusal)
    kept = cookies.cookie(site, cookies.booking(entry.reference), entry.key, seconds=cookies.BOOKING_SECONDS)
    return pages.see_other(f"/booking/{entry.reference}", cookies=[kept])


def _pin_again(request: AnyRequest, token: str, refusal: pins.WrongPin | pins.NoTriesLeft) -> Response[bytes]:
    headers = {"retry-after": str(refusal.retry_after)} if isinstance(refusal, pins.NoTriesLeft) else {}
    said = refusal.fields.get("pin", refusal.detail)
    return pages.render(request, "storefront/pin.html", PinPage(token, said), status=refusal.status, headers=headers)


@post("/booking/{reference:str}/details", status_code=303, include_in_schema=False)
async def change(request: AnyRequest, db: Door, world: World, site: Site, reference: str) -> Response[bytes]:
    """Change the renter's own details, until the pick-up."""
    values = await forms.read_texts(request)
    try:
        await _change(request, reference, forms.fill({k: v for k, v in values.items() if k in Details.__struct_fields__}, Details))
    except BadInput as wrong:
        booking = await _held_by(request, reference)
        view = view_of(booking, site, clock.now(), values=values, errors=wrong.fields)
        return pages.render(request, "storefront/booking.html", view, status=422)
    return pages.see_other(f"/booking/{reference}?told=saved#details")


async def _change(request: AnyRequest, reference: str, details: Details) -> None:
    if wrong := orders.check_contact(details.first_name, details.last_name, details.phone):
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
    door = holder(request, reference)
    async with door.scope() as scope:
        changed = await bookings.change_contact(scope, reference, details.first_name, details.last_name, details.phone, details.notes)
    if not changed:
        await id_of(door, reference)  # somebody else's is not there
        raise Conflict(_("The details of this booking can no longer be changed here. Please write to us."))


@get("/booking/{reference:str}/calendar.ics", include_in_schema=False)
async def calendar(request: AnyRequest, site: Site, reference: str) -> Response[bytes]:
    """Give pick-up and return as appointments."""
    booking = await _held_by(request, reference)
    async with holder(request, reference).scope() as db:
        made = [change.number for change in await changes_of(db, reference) if change.is_applied]
    body = calendar_file(booking, site, clock.now(), max(made, default=0))
    headers = {"content-disposition": f'attachment; filename="booking-{reference}.ics"'}
    return Response(body, media_type="text/calendar", headers=headers)


@route("/booking/{reference:str}/receipt", http_method=READ, include_in_schema=False)
async def receipt(request: AnyRequest, site: Site, reference: str) -> Response[bytes]:
    """Show what was paid, made for the printer."""
    booking = await _held_by(request, reference)
    if not booking.payment.captured:
        return pages.see_other(f"/booking/{reference}")
    return pages.render(request, "storefront/receipt.html", view_of(booking, site, clock.now()))


async def _held_by(request: AnyRequest, reference: str) -> BookingPage:
    if not _REFERENCE.fullmatch(reference):
        raise NoBooking
    async with holder(request, reference).scope() as scope:
        return await booking_page(scope, reference)


async def _owed(request: AnyRequest, booking: BookingPage) -> Owed:
    """What is charged beside the rental: nothing before the car went out, and then nobody need ask."""
    if booking.handed_over_at is None:
        return Owed()
    async with holder(request, booking.reference).scope() as scope:
        return await own_charges(scope, booking.reference)


async def _again(request: AnyRequest, db: Door, world: World, booking: BookingPage) -> Again | None:
    return await again_of(db, holder(request, booking.reference), world, booking) if is_over(booking) else None


def routes() -> Router:
    """Return the door of bookings' private pages."""
    return door("booking", "/", [show, unlock, change, calendar, receipt], opens=anon)
