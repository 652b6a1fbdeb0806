"""What is said of a car that is not back: to its renter, and to staff where it is needed."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_time

from exodrive.charges.model import Sold, Tariffs
from exodrive.charges.rules import lateness
from exodrive.flows.approval.words import when_words
from exodrive.kit import words
from exodrive.kit.money import round_money
from exodrive.kit.words import _
from exodrive.pricing.words import money, percent_words


def late_words(sold: Sold, tariffs: Tariffs, due_at: datetime, now: datetime, zone: str) -> tuple[str, ...]:
    """Return what a renter is told whose car is not back: a title, what to do, and what it costs by the tariff, now and later."""
    title = _("The car was to be back by %(when)s") % {"when": when_words(due_at, zone)}
    todo = _("Please bring it back. If you cannot come right now, call us at once: the next renter may be waiting for this car.")
    return (
        title,
        todo,
        *_hourly(sold, tariffs, due_at, now, zone),
        *_cover(sold, tariffs, due_at, zone),
        *_so_far(sold, tariffs, due_at, now),
    )


def _hourly(sold: Sold, tariffs: Tariffs, due_at: datetime, now: datetime, zone: str) -> Iterator[str]:
    if not sold.day or not tariffs.late_percent:
        return
    told = {
        "grace": _time(due_at + tariffs.late_grace, zone),
        "due": _time(due_at, zone),
        "amount": money(round_money(sold.day * tariffs.late_percent / 100, sold.currency), sold.currency),
        "percent": percent_words(Decimal(tariffs.late_percent)),
        "day": money(sold.day, sold.currency),
    }
    if now <= due_at + tariffs.late_grace:
        yield _("Back by %(grace)s, it costs nothing that it is late.") % told
    tariff = _(
        "After %(grace)s each hour that began since %(due)s costs %(amount)s, which is %(percent)s of a day’s price; 24 hours never cost"
        " more than a day, %(day)s."
    )
    yield tariff % told


def _cover(sold: Sold, tariffs: Tariffs, due_at: datetime, zone: str) -> Iterator[str]:
    if sold.cover:
        told = {"grace": _time(due_at + tariffs.cover_grace, zone), "amount": money(sold.cover, sold.currency)}
        yield _("After %(grace)s the cover you took goes on as well, at %(amount)s for each day that began.") % told


def _so_far(sold: Sold, tariffs: Tariffs, due_at: datetime, now: datetime) -> Iterator[str]:
    bills = lateness(sold, due_at, now, tariffs)
    if bills:
        total = sum((bill.amount + bill.fee + bill.tax for bill in bills), Decimal(0))
        told = {"amount": money(total, sold.currency)}
        yield (
            _("Brought back now, that comes to %(amount)s with tax.") if sold.taxes else _("Brought back now, that comes to %(amount)s.")
        ) % told


def _time(at: datetime, zone: str) -> str:
    return format_time(at.astimezone(ZoneInfo(zone)).time(), "short", locale=words.locale())


def clash_subject(car: str, day: str) -> str:
    """Return the subject of the letter to staff."""
    return _("Not back and needed on %(day)s: %(car)s") % {"car": car, "day": day}


def clash_words(car: str, reference: str, name: str, due: str) -> str:
    """Return who has the car and should not."""
    told = {"car": car, "reference": reference, "name": name, "when": due}
    return _("The %(car)s is out on booking %(reference)s: %(name)s was to bring it back by %(when)s.") % told


def needed_words(reference: str, name: str, when: str) -> str:
    """Return who comes for the car next."""
    told = {"reference": reference, "name": name, "when": when}
    return _("It is sold on booking %(reference)s: %(name)s comes for it on %(when)s. Call both, and find another car if need be.") % told


def own_words(day: str) -> str:
    """Return what is said where we ourselves need the car."""
    return _("On %(day)s we have it out of the shop ourselves. Call the renter, or move that work.") % {"day": day}
