"""The sentences of a booking's page: its payment, and what comes next."""

from datetime import datetime

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.bookings.tiers import no_show_percent
from exodrive.charges.model import Tariffs
from exodrive.flows.approval.words import waiting_words
from exodrive.flows.charging.sold import sold_of
from exodrive.flows.ending.words import back_words, no_show_words, who_words
from exodrive.flows.instalment.words import rest_words
from exodrive.flows.overdue.words import late_words
from exodrive.kit.words import _, ngettext
from exodrive.overview.booking_page import BookingPage
from exodrive.payments.model import PaymentStatus
from exodrive.pricing.words import money
from exodrive.web.shell.formats import moment


class Step(msgspec.Struct, frozen=True):
    """One step of a rental: ``done``, ``now`` or still to come."""

    title: str
    text: str
    state: str = ""


class Thing(msgspec.Struct, frozen=True):
    """One thing to bring, with its icon."""

    icon: str
    text: str


def missed_words(booking: BookingPage) -> tuple[str, ...]:
    """Return what is said while it is noted that nobody came for the car; nothing otherwise."""
    if booking.no_show_at is None or booking.status not in (BookingStatus.UPCOMING, BookingStatus.ACTIVE):
        return ()
    return no_show_words(booking.no_show_at, booking.time_zone, no_show_percent(booking.tiers))


def late_of(booking: BookingPage, tariffs: Tariffs, now: datetime) -> tuple[str, ...]:
    """Return what is said while the car is out and should be back; nothing otherwise."""
    if booking.handed_over_at is None or booking.returned_at or now <= booking.return_due_at:
        return ()
    return late_words(sold_of(booking.price), tariffs, booking.return_due_at, now, booking.time_zone)


def waiting_of(booking: BookingPage) -> tuple[str, ...]:
    """Return what is said while we have not accepted a booking that is paid; nothing otherwise."""
    if not booking.waits or booking.approval_due_at is None:
        return ()
    return waiting_words(moment(booking.approval_due_at, booking.time_zone))


def payment_words(booking: BookingPage) -> str:
    """Return the state of the payment in a sentence, and in another what is still to be paid."""
    return " ".join(filter(None, (_paid_words(booking), rest_words(booking.rest, booking.currency))))


def _paid_words(booking: BookingPage) -> str:
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


def ending_words(booking: BookingPage) -> str:
    """Return how a paid booking ended before its rental, and what goes back; empty for any other."""
    ending = booking.ending
    return " ".join(filter(None, (who_words(ending.how), back_words(ending)))) if ending else ""


def steps_of(booking: BookingPage, deposit: str) -> tuple[Step, ...]:
    """Return what has happened and what comes next, or nothing for a rental that will not be; ``deposit`` is how that stands."""
    if booking.status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW):
        return ()
    paid = booking.status is not BookingStatus.PENDING
    out = booking.handed_over_at is not None or booking.status is BookingStatus.COMPLETED
    back = booking.status is BookingStatus.COMPLETED
    accepted = [] if booking.approval_due_at is None else [_acceptance(booking)]
    marks = _marks([paid, *(booking.approved_at is not None for _words in accepted), out, back, False])
    pickup, due = moment(booking.pickup_at, booking.time_zone), moment(booking.return_due_at, booking.time_zone)
    bring = _("%(when)s. What to bring is told below.") % {"when": pickup}
    end = (_("Deposit released"), deposit) if booking.deposit else (_("All done"), "")
    return (
        Step(_("Pay"), payment_words(booking), marks[0]),
        *(Step(_("We accept the booking"), words, marks[1]) for words in accepted),
        Step(_("Pick up the car"), bring, marks[-3]),
        Step(_("Bring it back"), _("By %(when)s, with the tank or battery as you got it.") % {"when": due}, marks[-2]),
        Step(*end, marks[-1]),
    )


def _acceptance(booking: BookingPage) -> str:
    """Return until when we answer, or since when the booking is accepted."""
    assert booking.approval_due_at is not None
    if booking.approved_at:
        return _("Accepted on %(when)s.") % {"when": moment(booking.approved_at, booking.time_zone)}
    return _("By %(when)s at the latest.") % {"when": moment(booking.approval_due_at, booking.time_zone)}


def bring_of(booking: BookingPage) -> tuple[Thing, ...]:
    """Return what a renter brings to the pick-up of this car."""
    car = booking.car
    licence = ngettext(
        "Your driving licence, held for %(years)d year or more and valid until the return",
        "Your driving licence, held for %(years)d years or more and valid until the return",
        car.licence_years,
    )
    things = [
        Thing(
            "badge-check",
            licence % {"years": car.licence_years} if car.licence_years else _("Your driving licence, valid until the return"),
        ),
        Thing("user", _("Your passport or identity card: whoever drives this car is %(age)d or older") % {"age": car.minimum_age}),
        Thing("credit-card", _("A card in the driver’s name, and the PayPal account you paid with")),
    ]
    return tuple(things)


def _marks(done: list[bool]) -> list[str]:
    first_open = done.index(False)
    return ["done" if number < first_open else "now" if number == first_open else "" for number in range(len(done))]
