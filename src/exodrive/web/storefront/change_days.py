"""Days and car on the page of a change: what can be chosen, what was, and what it would be instead."""

from datetime import date
from urllib.parse import urlencode

import msgspec

from exodrive.availability.service import check_days
from exodrive.bookings.model import CheckoutOrder, Rules
from exodrive.flows.change.model import Proposal
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId
from exodrive.kit.words import _
from exodrive.overview import shop
from exodrive.overview.booking_page import BookingPage
from exodrive.pricing.differences import Difference
from exodrive.pricing.words import days_range, money

FIELDS = ("start", "end", "car_id")
_MOST_CARS = 20


class CarChoice(msgspec.Struct, frozen=True):
    """A car that could be had on these days instead; ``tail`` is what it costs on them."""

    id: str
    name: str
    tail: str


class When(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen: once the rental ``is_out`` its return alone. ``first`` is the first day, ``free`` what can be had instead."""

    is_out: bool
    first: str
    days: Days
    cars: tuple[CarChoice, ...]
    free: tuple[tuple[str, str], ...] = ()


def booked(order: CheckoutOrder) -> dict[str, str]:
    """Return the fields as they are booked."""
    return {"start": order.start.isoformat(), "end": order.end.isoformat(), "car_id": str(order.car_id)}


def _days_in(values: dict[str, str], booking: BookingPage, today: date, rules: Rules) -> Days:
    """Return the days that a form asks for, those that are booked where it asks for none that can be.

    Every car is priced for them, so a thousand years of them must not get that far.
    """
    try:
        days = Days(*(date.fromisoformat(values.get(name, "")) for name in ("start", "end")))
        first, longest, furthest = min(today, booking.days.start), rules.longest_rental_days, rules.furthest_day_days
        check_days(days, today=first, longest_rental_days=longest, furthest_day_days=furthest)
    except (ValueError, BadInput):
        return booking.days
    return days


async def when_of(db: Db, booking: BookingPage, values: dict[str, str], today: date, free: list[dict[str, str]], rules: Rules) -> When:
    """Return what can be chosen for a booking."""
    is_out = is_begun(booking)
    days = _days_in(values, booking, today, rules)
    return When(
        is_out=is_out,
        first=(booking.days.end if is_out else today).isoformat(),
        days=days,
        cars=() if is_out else await _cars(db, booking, days),
        free=tuple((days_range(_days(found)), "?" + urlencode(found)) for found in free),
    )


def is_begun(booking: BookingPage) -> bool:
    """Tell whether the rental has begun, so that it can only be made longer."""
    return booking.handed_over_at is not None and booking.returned_at is None


def _days(found: dict[str, str]) -> Days:
    return Days(*(date.fromisoformat(found[name]) for name in ("start", "end")))


async def _cars(db: Db, booking: BookingPage, days: Days) -> tuple[CarChoice, ...]:
    """The own car first, then those that are free on all of the days and paid in the same currency."""
    found = (card for card in await shop.cards(db, days) if card.free and card.car_id != booking.car.id and card.price)
    others = [card for card in found if card.price and card.price.inputs.currency == booking.currency]
    own = CarChoice(str(CarId(booking.car.id)), booking.car.name, _("the car you have booked"))
    return (
        own,
        *(CarChoice(str(card.car_id), card.name, money(card.price.total, booking.currency)) for card in others[:_MOST_CARS] if card.price),
    )


def moved(proposal: Proposal, car: str) -> tuple[Difference, ...]:
    """Return what becomes of days, car and deposit, the old beside the new; ``car`` is the name of the one that is booked."""
    old, new, currency = proposal.old, proposal.new, proposal.price.inputs.currency
    before, after = (money(price.deposit, currency) for price in (proposal.sold.price, proposal.price))
    rows = [
        Difference(_("Days"), days_range(old.days), days_range(new.days), ""),
        Difference(_("Car"), car, proposal.car_name, ""),
        Difference(_("Deposit that is held"), before, after, ""),
    ]
    return tuple(row for row in rows if row.before != row.after)


def checked(values: dict[str, str], booking: BookingPage) -> tuple[date, date]:
    """Return the days of a form; raises BadInput naming each that cannot be read."""
    wrong, days = {}, []
    for name, own in (("start", booking.days.start), ("end", booking.days.end)):
        try:
            days.append(date.fromisoformat(values[name]) if name in values else own)
        except ValueError:
            wrong[name] = _("Write the day like {example}.").format(example="2026-06-01")
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
    return days[0], days[1]
