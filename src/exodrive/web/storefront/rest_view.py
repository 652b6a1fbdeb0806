"""The rest of a price on a booking's page: what is due, until when, and the button that pays it."""

from datetime import datetime

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.flows.instalment.words import is_overdue
from exodrive.kit.days import day_at
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.pricing.words import day, money

_STANDS = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)


class DueRest(msgspec.Struct, frozen=True):
    """A rest that is to be paid: how much, by when in words, and whether it can be paid now or PayPal is working on it."""

    amount: str
    title: str
    text: str
    is_overdue: bool
    is_paying: bool
    may_pay: bool


def due_rest(booking: BookingPage, now: datetime, *, change_waits: bool) -> DueRest | None:
    """Return what is to be paid of a booking that stands; None when nothing is. While a change waits for its payment, that comes first."""
    rest = booking.rest
    if rest is None or not rest.is_open or booking.waits or booking.status not in _STANDS:
        return None
    today = day_at(now, booking.time_zone)
    late = is_overdue(rest, today)
    told = {"day": day(rest.due_on, "long")}
    if late:
        title, text = _("The rest is overdue"), _("It was to be paid by %(day)s. We hand over the key once it is paid.") % told
    elif today == rest.due_on:
        title, text = _("The rest is due today"), _("Please pay it today. We hand over the key once it is paid.")
    else:
        title, text = _("The rest of the price"), _("It is to be paid by %(day)s, and can be paid at any time before.") % told
    if change_waits:
        text = _("It can be paid once your change is paid or given up.")
    amount = money(rest.amount, booking.currency)
    return DueRest(amount, title, text, late, rest.is_paying, may_pay=not rest.is_paying and not change_waits)
