"""The papers of a booking: receipts and credit notes, for whoever holds its private link."""

from typing import Any

from litestar import Request, Response, Router, route

from exodrive.web.shell import papers
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.holder import holder


@route("/booking/{reference:str}/receipts/{code:str}", http_method=READ, include_in_schema=False)
async def show(request: Request[Any, Any, Any], reference: str, code: str) -> Response[bytes]:
    """Give a receipt or credit note as PDF."""
    return await papers.download(holder(request, reference), reference, code)


def routes() -> Router:
    """Return the door of bookings' papers."""
    return door("receipts", "/", [show], opens=anon)
