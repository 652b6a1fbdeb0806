"""The file of one booking, its private link, and the address it is sent to."""

from typing import Annotated

import msgspec
from litestar import Response, post, route

from exodrive.bookings import service as links
from exodrive.bookings.pin import service as pins
from exodrive.flows import by, new_address
from exodrive.flows.world import World
from exodrive.kit import hashing
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId
from exodrive.overview.staff_file import File
from exodrive.web.admin.file import AnyRequest, act, actor, file_of, show_file
from exodrive.web.admin.guard import visit_of
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_form
from exodrive.web.shell.site import Site


class Reason(msgspec.Struct, frozen=True):
    """Why staff did something; asked for wherever money or access changes."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    csrf: str = ""


class Address(msgspec.Struct, frozen=True):
    """The right e-mail address of a renter, and how we know."""

    email: Annotated[str, msgspec.Meta(max_length=300)]
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    key: str = ""
    csrf: str = ""


class Nothing(msgspec.Struct, frozen=True):
    """A form that carries only its token."""

    csrf: str = ""


@route("/bookings/{reference:str}", http_method=READ)
async def show(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Show the file of one booking."""
    return await show_file(request, db, reference)


@post("/bookings/{reference:str}/address", status_code=303)
async def correct_address(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Write to the renter at another address from now on; the letter with a new private link goes there."""

    async def correct(file: File, form: Address) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await new_address.correct(world, db, booking_id, form.email, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Address, correct, panel="address")


@post("/bookings/{reference:str}/link", status_code=200)
async def reissue_link(request: AnyRequest, db: Door, world: World, site: Site, reference: str) -> Response[bytes]:
    """Make a new private link and show it, this once; the old one ends at once."""
    await read_form(request, Nothing)
    async with db.scope() as scope:
        booking_id = BookingId((await file_of(scope, reference)).booking.id)
        token = await links.reissue_link(scope, world.links, world.rules, booking_id, actor(request))
        await by.note(scope, actor(request), visit_of(request).ip, "link_reissued", booking_id)
    return await show_file(request, db, reference, link=site.url(f"/booking/{token}"))


@post("/bookings/{reference:str}/link/revocation", status_code=303)
async def revoke_link(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """End the private link at once."""

    async def revoke(file: File, form: Reason) -> None:
        booking_id, who = BookingId(file.booking.id), actor(request)
        async with db.scope() as scope:
            if await links.revoke_link(scope, booking_id, who, form.reason):
                await by.note(scope, who, visit_of(request).ip, "link_revoked", booking_id, reason=form.reason)

    return await act(request, db, reference, Reason, revoke, panel="link")


@post("/bookings/{reference:str}/link/pin", status_code=200)
async def set_pin(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Put a new PIN in front of the private link and show it, this once; it is sent to nobody."""
    await read_form(request, Nothing)
    pin = pins.new_pin()
    pin_hash = await hashing.hash_of(pin)
    async with db.scope() as scope:
        booking_id = BookingId((await file_of(scope, reference)).booking.id)
        await pins.set_pin(scope, world.links, booking_id, pin_hash, actor(request))
        await by.note(scope, actor(request), visit_of(request).ip, "pin_set", booking_id)
    return await show_file(request, db, reference, pin=pin)


@post("/bookings/{reference:str}/link/pin/removal", status_code=303)
async def clear_pin(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Let the private link open the booking by itself again."""

    async def clear(file: File, form: Reason) -> None:
        booking_id, who = BookingId(file.booking.id), actor(request)
        async with db.scope() as scope:
            if await pins.clear_pin(scope, booking_id, who, form.reason):
                await by.note(scope, who, visit_of(request).ip, "pin_cleared", booking_id, reason=form.reason)

    return await act(request, db, reference, Reason, clear, panel="link")


HANDLERS = [show, correct_address, reissue_link, revoke_link, set_pin, clear_pin]
