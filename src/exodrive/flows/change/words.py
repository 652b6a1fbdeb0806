"""A change in words: each thing that it makes otherwise, what it was and what it is."""

from collections.abc import Iterator, Mapping

from babel.dates import format_time

from exodrive.bookings.model import Place
from exodrive.flows.change.model import Change, Chosen
from exodrive.kit import words
from exodrive.kit.days import Days
from exodrive.kit.words import _
from exodrive.pricing import engine
from exodrive.pricing.differences import Difference, differences
from exodrive.pricing.words import days_range, money


def rows(change: Change, names: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return what was and what is: days, car, places and times, then the lines of the price, its total, and the deposit.

    ``names`` are those of cars and of places of ours, by their ids.
    """
    old, new = engine.read(change.before_price), engine.read(change.after_price)
    chosen = _chosen(change.before, change.after.chosen, names)
    sums = ((_("Total"), old.total, new.total), (_("Deposit that is held"), old.deposit, new.deposit))
    changed = (Difference(what, money(before, change.currency), money(after, change.currency), "") for what, before, after in sums)
    return (*_others(chosen), *differences(old, new), *_others(changed))


def line(row: Difference) -> str:
    """Return one of them as a letter without a table has it."""
    told = {"what": row.words, "before": row.before, "after": row.after}
    if not row.before:
        return _("%(what)s: %(after)s, new") % told
    if not row.after:
        return _("%(what)s: no longer, it was %(before)s") % told
    return _("%(what)s: %(before)s → %(after)s") % told


def settled_words(change: Change) -> str:
    """Return what was paid for a change that is in force, or goes back."""
    amount = money(abs(change.difference), change.currency)
    if change.difference > 0:
        return _("You paid %(amount)s for the change.") % {"amount": amount}
    if change.difference < 0:
        return _("%(amount)s goes back the way you paid, within a few days.") % {"amount": amount}
    return _("Nothing is to be paid for the change now.")


def _others(found: Iterator[Difference]) -> Iterator[Difference]:
    return (row for row in found if row.before != row.after)


def _chosen(was: Chosen, becomes: Chosen, names: Mapping[str, str]) -> Iterator[Difference]:
    if was.start and was.end and becomes.start and becomes.end:
        yield Difference(_("Days"), days_range(Days(was.start, was.end)), days_range(Days(becomes.start, becomes.end)), "")
    if was.car_id and becomes.car_id:
        yield Difference(_("Car"), names.get(str(was.car_id), ""), names.get(str(becomes.car_id), ""), "")
    ends = (
        (_("Pick-up place"), _("Pick-up time"), was.pickup, becomes.pickup),
        (_("Return place"), _("Return time"), was.dropoff, becomes.dropoff),
    )
    for place, time, before, after in ends:
        yield Difference(place, _where(before, names), _where(after, names), "")
        yield Difference(time, _when(before), _when(after), "")


def _where(place: Place, names: Mapping[str, str]) -> str:
    return place.address.formatted if place.address else names.get(str(place.location_id), "")


def _when(place: Place) -> str:
    return format_time(place.time, "short", locale=words.locale())
