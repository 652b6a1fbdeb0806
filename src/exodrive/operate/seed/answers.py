"""What the demo's team answered to bookings of the car that requires approval: the latest still wait."""

from datetime import datetime, timedelta

from exodrive.bookings.model import Rules
from exodrive.bookings.states import BookingStatus
from exodrive.operate.seed.life import Life
from exodrive.operate.seed.store import Row
from exodrive.operate.seed.terms import TERMS

_AT_ONCE, _NEXT_DAY = timedelta(minutes=30), timedelta(hours=14)


def accepted_at(life: Life, now: datetime) -> datetime | None:
    """Return when a booking was accepted; None while it waits, and for cars that need no answer."""
    if not TERMS[life.stay.slug].requires_approval:
        return None
    at = life.paid_at + (_NEXT_DAY if life.status is BookingStatus.UPCOMING else _AT_ONCE)
    return at if at < now else None


def answer_columns(life: Life, rules: Rules, now: datetime) -> Row:
    """Return what a booking's row says of its answer. Every pick-up of the demo is two days ahead when it is paid: the time is whole."""
    if not TERMS[life.stay.slug].requires_approval:
        return dict.fromkeys(("approval_hours", "approval_due_at", "approval_remind_at", "approved_at"))
    given = timedelta(hours=rules.approval_hours)
    at = accepted_at(life, now)
    return {
        "approval_hours": rules.approval_hours,
        "approval_due_at": life.paid_at + given,
        "approval_remind_at": life.paid_at + given / 2 if at is None else None,
        "approved_at": at,
    }
