"""Days that are taken because this very browser holds them: whoever turns back from PayPal by the back button finds their booking."""

from typing import Any

from litestar import Request

from exodrive.kit.days import Days
from exodrive.overview.booking_page import NoBooking, booking_page
from exodrive.web.shell import cookies
from exodrive.web.shell.holder import holder

_MOST = 5  # of the bookings a browser remembers; a renter has one or two that are not paid


async def own_hold(request: Request[Any, Any, Any], slug: str, days: Days) -> str | None:
    """Return the reference of the unpaid booking by which this browser holds these days of a car; None when it holds none of them."""
    prefix = cookies.name_of(request.app.state.site, cookies.booking(""))
    known = [name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix)]
    for reference in known[-_MOST:]:
        try:
            async with holder(request, reference).scope() as db:
                booking = await booking_page(db, reference)
        except NoBooking:
            continue
        if booking.car.slug == slug and booking.days.overlaps(days) and (booking.hold_expires_at or booking.is_checking):
            return reference
    return None
