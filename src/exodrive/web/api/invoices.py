"""The invoices of a booking, for whoever holds its private link."""

from typing import Any

import msgspec
from litestar import Request, Router, route

from exodrive.overview import booking_page
from exodrive.overview.own_charges import OwnInvoice, own_invoices
from exodrive.web.api.document import refusals
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.holder import holder


class OwnInvoices(msgspec.Struct, frozen=True):
    """What a renter was sent to pay beside the rental, in that order: ``url`` is PayPal's page, where it is paid."""

    invoices: tuple[OwnInvoice, ...]


@route(
    "/api/bookings/{reference:str}/invoices",
    http_method=READ,
    summary="List the invoices of a booking",
    opt={"holder": True},
    responses=refusals(404),
)
async def index(request: Request[Any, Any, Any], reference: str) -> OwnInvoices:
    """Return the invoices that were sent. Needs the booking's cookie, or its token as bearer."""
    door = holder(request, reference)
    await booking_page.id_of(door, reference)
    async with door.scope() as db:
        return OwnInvoices(await own_invoices(db, reference))


def routes() -> Router:
    """Return the door of invoices."""
    return door("invoices API", "/", [index], opens=anon, opt={"api": True})
