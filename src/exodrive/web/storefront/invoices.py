"""The codes of a booking's invoices, for whoever holds its private link."""

from typing import Any

from litestar import Request, Response, Router, route

from exodrive.web.shell import papers
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.holder import holder


@route("/booking/{reference:str}/invoices/{number:str}/picture", http_method=READ, include_in_schema=False)
async def picture(request: Request[Any, Any, Any], reference: str, number: str) -> Response[bytes]:
    """Give the code of PayPal's page as a picture."""
    return await papers.picture(holder(request, reference), reference, number)


def routes() -> Router:
    """Return the door of bookings' invoices."""
    return door("invoices", "/", [picture], opens=anon)
