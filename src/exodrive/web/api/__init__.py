"""The same verbs as JSON, described by the OpenAPI document at /api/openapi.json."""

from functools import cache

from litestar import Response, Router, route

from exodrive.web.admin.guard import back_office_api
from exodrive.web.api import (
    admin_alarms,
    admin_approvals,
    admin_changes,
    admin_charges,
    admin_deposit,
    admin_endings,
    admin_home,
    admin_invoices,
    admin_keys,
    admin_money,
    admin_prices,
    admin_receipts,
    admin_renter,
    availability,
    bookings,
    cancellations,
    changes,
    document,
    invoices,
    rests,
)
from exodrive.web.shell.doors import READ, door


@route("/openapi.json", http_method=READ, include_in_schema=False, sync_to_thread=False)
def describe() -> Response[bytes]:
    """Show the description of the API; it holds nothing secret and changes with releases only."""
    headers = {"cache-control": "public, max-age=300"}
    return Response(description(), media_type="application/vnd.oai.openapi+json", headers=headers)


@cache
def description() -> bytes:
    """Return the OpenAPI document, the same text for the same program."""
    return document.describe(_verbs())


def _verbs() -> list[Router]:
    return [*availability.routes(), bookings.routes(), changes.routes(), cancellations.routes(), rests.routes(), invoices.routes()]


def routes() -> list[Router]:
    """Return the doors of the public API, and of staff's."""
    about_bookings = [
        *admin_approvals.HANDLERS,
        *admin_keys.HANDLERS,
        *admin_endings.HANDLERS,
        *admin_changes.HANDLERS,
        *admin_receipts.HANDLERS,
        *admin_renter.HANDLERS,
    ]
    staff = [
        *admin_prices.HANDLERS,
        *admin_home.HANDLERS,
        *about_bookings,
        *admin_charges.HANDLERS,
        *admin_deposit.HANDLERS,
        *admin_invoices.HANDLERS,
        *admin_money.HANDLERS,
        *admin_alarms.HANDLERS,
    ]
    return [*_verbs(), door("API description", "/api", [describe]), back_office_api(staff)]
