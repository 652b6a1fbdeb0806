"""What a renter is told about the end of a booking: who ended it, and what goes back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time

from exodrive.bookings.endings import Ending, How
from exodrive.bookings.model import Tier
from exodrive.bookings.tiers import tier_words
from exodrive.kit import words
from exodrive.kit.words import _
from exodrive.pricing.words import day, money


def who_words(how: How | None) -> str:
    """Return who ended a booking, in a sentence; None for one that was never paid."""
    return {
        None: _("This booking is cancelled. Nothing was charged."),
        How.RENTER: _("You cancelled this booking."),
        How.COMPANY: _("We had to cancel this booking, and we are sorry."),
        How.TIERS: _("We cancelled this booking."),
        How.PERCENT: _("We cancelled this booking."),
        How.NO_SHOW: _("Nobody came for the car."),
        How.REFUSED: _("We cannot accept this booking, and we are sorry."),
        How.UNANSWERED: _("We did not accept this booking in time, and we are sorry."),
    }[how]


def back_words(ending: Ending) -> str:
    """Return what goes back, in a sentence; empty where there was nothing to decide."""
    told = {"percent": ending.percent, "amount": money(ending.refund, ending.currency), "paid": money(ending.paid, ending.currency)}
    if ending.how is None or not ending.paid:
        return ""
    if not ending.refund:
        nothing = _("Nothing of what you paid goes back.")
        return nothing if ending.how is How.PERCENT else _("By the rules you accepted, nothing of what you paid goes back.")
    if ending.refund == ending.paid:
        return _("Everything goes back the way you paid, within a few days: %(amount)s.") % told
    return _("%(percent)d%% of %(paid)s goes back the way you paid, within a few days: %(amount)s.") % told


def subject_words(how: How | None, car: str, days: str, reference: str) -> str:
    """Return the subject of the letter."""
    about = {"car": car, "days": days, "reference": reference}
    if how is How.NO_SHOW:
        return _("Not picked up: %(car)s, %(days)s (%(reference)s)") % about
    return _("Cancelled: %(car)s, %(days)s (%(reference)s)") % about


def no_show_words(until: datetime, zone: str, percent: int) -> tuple[str, ...]:
    """Return what a renter is told of whom nobody came for the car, in sentences: until when it can be put right, and what follows."""
    local = until.astimezone(ZoneInfo(zone))
    when = _("{day}, {time}").format(day=day(local.date()), time=format_time(local.time(), "short", locale=words.locale()))
    return (
        _("We waited at the pick-up, and nobody came for the car."),
        _("If you are on your way, or this is a mistake, call us before %(when)s. After that the days are free for others.")
        % {"when": when},
        tier_words(Tier(None, percent)),
    )


def missed_words(car: str, days: str, reference: str) -> str:
    """Return the subject of the letter to somebody who has not come."""
    return _("Are you coming? %(car)s, %(days)s (%(reference)s)") % {"car": car, "days": days, "reference": reference}
