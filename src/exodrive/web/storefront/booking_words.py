"""The sentences of a booking's page: its payment, its deposit, and what comes next."""

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.payments.model import PaymentStatus
from exodrive.pricing.words import money, short_money
from exodrive.web.shell.formats import moment


class Step(msgspec.Struct, frozen=True):
    """One step of a rental: ``done``, ``now`` or still to come."""

    title: str
    text: str
    state: str = ""


def payment_words(booking: BookingPage) -> str:
    """Return the state of the payment in a sentence."""
    paid, currency = booking.payment, booking.currency
    captured, refunded = money(paid.captured, currency), money(paid.refunded, currency)
    when = moment(paid.captured_at, booking.time_zone) if paid.captured_at else ""
    return {
        PaymentStatus.PENDING: _("Not paid yet."),
        PaymentStatus.APPROVED: _("Approved at PayPal; we are taking the payment."),
        PaymentStatus.PROCESSING: _("PayPal is working on the payment. You need not do anything."),
        PaymentStatus.CAPTURED: _("Paid: %(amount)s by PayPal on %(when)s.") % {"amount": captured, "when": when},
        PaymentStatus.PARTLY_REFUNDED: _("Paid: %(amount)s; %(back)s of it was paid back.") % {"amount": captured, "back": refunded},
        PaymentStatus.REFUNDED: _("Paid back in full: %(amount)s.") % {"amount": refunded},
        PaymentStatus.FAILED: _("The payment did not go through. Nothing was charged."),
        PaymentStatus.VOIDED: _("Nothing was charged."),
    }[paid.status]


def deposit_words(booking: BookingPage) -> str:
    """Return the state of the deposit in a sentence; empty for cars without one, and for rentals that will not be."""
    if not booking.deposit or booking.status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW):
        return ""
    amount = {"amount": short_money(booking.deposit, booking.currency)}
    if booking.status is BookingStatus.COMPLETED:
        return _("The deposit of %(amount)s is released within three days of the return when nothing is claimed.") % amount
    return (
        _("A deposit of %(amount)s is held near your pick-up. Held means reserved, not charged; it is released after the return.") % amount
    )


def told_words(code: str) -> str:
    """Return what just happened, for a page that somebody was sent to; empty for codes that say nothing."""
    return {
        "declined": _("PayPal declined the payment, and nothing was charged. Try again, perhaps with another card or account."),
        "not-paid": _("The payment was not approved at PayPal, and nothing was charged."),
        "stopped": _("You turned back at PayPal, and nothing was charged. The days are still yours until the time runs out."),
        "gone": _("The days were no longer held when you came back from PayPal, and nothing was charged."),
        "hold-over": _("The days are no longer held for you, and nothing was charged."),
        "unavailable": _("PayPal does not answer at the moment, and nothing was charged. Please try again in a minute."),
        "saved": _("Your details are saved."),
    }.get(code, "")


def steps_of(booking: BookingPage) -> tuple[Step, ...]:
    """Return what has happened and what comes next, or nothing for a rental that will not be."""
    if booking.status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW):
        return ()
    paid = booking.status is not BookingStatus.PENDING
    out = booking.handed_over_at is not None or booking.status in (BookingStatus.ACTIVE, BookingStatus.COMPLETED)
    back = booking.status is BookingStatus.COMPLETED
    marks = _marks([paid, out, back, False])
    pickup, due = moment(booking.pickup_at, booking.time_zone), moment(booking.return_due_at, booking.time_zone)
    bring = _("%(when)s. Bring your driving licence and the card behind your PayPal account.") % {"when": pickup}
    end = (_("Deposit released"), deposit_words(booking)) if booking.deposit else (_("All done"), "")
    return (
        Step(_("Pay"), payment_words(booking), marks[0]),
        Step(_("Pick up the car"), bring, marks[1]),
        Step(_("Bring it back"), _("By %(when)s, with the tank or battery as you got it.") % {"when": due}, marks[2]),
        Step(*end, marks[3]),
    )


def _marks(done: list[bool]) -> list[str]:
    first_open = done.index(False)
    return ["done" if number < first_open else "now" if number == first_open else "" for number in range(len(done))]
