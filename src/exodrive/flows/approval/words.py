"""What is said of a booking that waits for our answer, to its renter and to staff."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_time

from exodrive.kit import words
from exodrive.kit.words import _, ngettext
from exodrive.pricing.words import day


def when_words(at: datetime, zone: str) -> str:
    """Return a moment on the wall clock of a place, as letters write it."""
    local = at.astimezone(ZoneInfo(zone))
    return _("{day}, {time}").format(day=day(local.date()), time=format_time(local.time(), "short", locale=words.locale()))


def promise_words(hours: int) -> str:
    """Return what is said before anything is paid: how long we take to answer, and what becomes of the money when we do not accept."""
    told = ngettext(
        "We confirm a booking of this car ourselves, within %(hours)d hour of your payment, and sooner when the pick-up is near."
        " If we cannot, or do not answer in time, your money comes back in full.",
        "We confirm a booking of this car ourselves, within %(hours)d hours of your payment, and sooner when the pick-up is near."
        " If we cannot, or do not answer in time, your money comes back in full.",
        hours,
    )
    return told % {"hours": hours}


def waiting_words(until: str) -> tuple[str, ...]:
    """Return what a renter is told who has paid: until when we answer, and what follows."""
    return (
        _("We look at each booking of this car before we accept it. You have our answer by %(when)s.") % {"when": until},
        _("If we cannot accept it, or do not answer by then, everything you paid goes back the way it came."),
        _("Until we have answered you can cancel it yourself, and everything goes back."),
    )


def waiting_subject(car: str, days: str, reference: str) -> str:
    """Return the subject of the renter's letter."""
    return _("Paid, our answer follows: %(car)s, %(days)s (%(reference)s)") % {"car": car, "days": days, "reference": reference}


def left_words(left: timedelta) -> str:
    """Return how much time is left, in hours and minutes."""
    minutes = int(left.total_seconds()) // 60
    if minutes < 1:
        return _("The time is over") if left <= timedelta(0) else _("Less than a minute left")
    told = {"hours": minutes // 60, "minutes": minutes % 60}
    return _("%(hours)d h %(minutes)d min left") % told if told["hours"] else _("%(minutes)d min left") % told


def task_words(car: str, days: str, name: str, amount: str, until: str) -> tuple[str, ...]:
    """Return what staff are told about a booking that waits for them."""
    told = {"name": name, "amount": amount, "car": car, "days": days, "when": until}
    return (
        _("%(name)s has paid %(amount)s for the %(car)s, %(days)s, and waits for our answer.") % told,
        _("Accept or refuse the booking before %(when)s. After that it ends by itself, and everything goes back.") % told,
    )


def task_subject(car: str, until: str, *, is_reminder: bool) -> str:
    """Return the subject of the letter to staff."""
    told = {"car": car, "when": until}
    return _("Half of the time is over: answer by %(when)s, %(car)s") % told if is_reminder else _("Answer by %(when)s: %(car)s") % told
