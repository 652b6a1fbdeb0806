"""The back office: sign-in, the list of bookings with the file of each, reviews, price rules, and the home page."""

from litestar import Router

from exodrive.web.admin import booking, bookings, demo, home, prices, receipts, reviews, sessions, sign_in
from exodrive.web.admin.guard import back_office


def routes(*, is_demo: bool) -> list[Router]:
    """Return the doors of the back office; the demo's one-time sign-in exists in the demo only."""
    office = back_office(
        [*bookings.HANDLERS, *booking.HANDLERS, *receipts.HANDLERS, *reviews.HANDLERS, *prices.HANDLERS, *home.HANDLERS, *sessions.HANDLERS]
    )
    return [sign_in.routes(), office, *([demo.routes()] if is_demo else [])]
