"""The papers of a booking, for staff."""

from typing import Any

from litestar import Request, Response, route

from exodrive.kit.db import Door
from exodrive.web.shell import papers
from exodrive.web.shell.doors import READ


@route("/bookings/{reference:str}/receipts/{code:str}", http_method=READ)
async def show(request: Request[Any, Any, Any], db: Door, reference: str, code: str) -> Response[bytes]:
    """Give a receipt or credit note as PDF."""
    return await papers.download(db, reference, code)


HANDLERS = [show]
