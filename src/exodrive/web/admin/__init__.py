"""The back office: sign-in, bookings and the file of each, those to accept, alarms, the money, reviews, price rules, and the home page."""

from litestar import Router

from exodrive.web.admin import (
    alarms,
    approvals,
    booking,
    bookings,
    changes,
    charges,
    demo,
    deposit,
    endings,
    home,
    invoices,
    keys,
    money,
    prices,
    receipts,
    reviews,
    sessions,
    sign_in,
)
from exodrive.web.admin.guard import back_office


def routes(*, is_demo: bool) -> list[Router]:
    """Return the doors of the back office; the demo's one-time sign-in exists in the demo only."""
    about_bookings = [*bookings.HANDLERS, *booking.HANDLERS, *approvals.HANDLERS, *keys.HANDLERS, *endings.HANDLERS, *receipts.HANDLERS]
    about_bookings += [*charges.HANDLERS, *deposit.HANDLERS, *invoices.HANDLERS, *alarms.HANDLERS, *changes.HANDLERS]
    office = [*about_bookings, *money.HANDLERS, *reviews.HANDLERS, *prices.HANDLERS, *home.HANDLERS, *sessions.HANDLERS]
    return [sign_in.routes(), back_office(office), *([demo.routes()] if is_demo else [])]
