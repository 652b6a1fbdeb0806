"""What a booking's page says of its changes: until when there may be one, which one waits, and which were made."""

from datetime import datetime

import msgspec

from exodrive.flows.change.propose import closes_at
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.overview.changes import SeenChange, changes_of
from exodrive.pricing.words import days_range, money
from exodrive.web.shell.formats import moment
from exodrive.web.storefront.change_days import is_begun
from exodrive.web.storefront.change_view import is_open


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a booking. ``until`` is empty when it may not be changed any more; ``amount`` is what the waiting one costs.

    ``moves`` says what becomes of days and car by it; ``is_out`` that the car can only be kept longer.
    """

    until: str
    is_out: bool
    moves: str
    waiting: SeenChange | None
    amount: str
    made: tuple[str, ...]


async def changing_of(holder: Door, world: World, booking: BookingPage, now: datetime) -> Changing:
    """Return what there is to say about the changes of a booking."""
    async with holder.scope() as db:
        changes = await changes_of(db, booking.reference)
    waiting = next((change for change in changes if not change.is_applied), None)
    return Changing(
        until=moment(closes_at(booking.pickup_at, world.rules), booking.time_zone) if is_open(booking, world, now) else "",
        is_out=is_begun(booking),
        moves=_moves(waiting) if waiting else "",
        waiting=waiting,
        amount=money(waiting.difference, waiting.currency) if waiting else "",
        made=tuple(_line(change, booking) for change in changes if change.is_applied),
    )


def _moves(change: SeenChange) -> str:
    """Return what becomes of days and car by a change: ``Jun 1 – 3 becomes Jun 1 – 5.``; empty where both stay."""
    if change.days_before is None or change.days_after is None:
        return ""
    told = []
    if change.days_before != change.days_after:
        told.append(_("%(before)s becomes %(after)s.") % {"before": days_range(change.days_before), "after": days_range(change.days_after)})
    if change.is_other_car:
        told.append(_("The car is %(car)s.") % {"car": change.car})
    return " ".join(told)


def _line(change: SeenChange, booking: BookingPage) -> str:
    """Return a change that was made, in a sentence or two."""
    return " ".join(filter(None, (_money(change, booking), _moves(change))))


def _money(change: SeenChange, booking: BookingPage) -> str:
    told = {
        "when": moment(change.made_at, booking.time_zone),
        "amount": money(abs(change.difference), change.currency),
        "total": money(change.total_after, change.currency),
    }
    if change.difference > 0:
        return _("%(when)s: %(amount)s more, paid by PayPal. The price is %(total)s since.") % told
    if change.difference < 0:
        return _("%(when)s: %(amount)s less, paid back. The price is %(total)s since.") % told
    if change.total_after != change.total_before:
        return _("%(when)s: the price is %(total)s since; nothing was paid for it or paid back.") % told
    return _("%(when)s: at no cost.") % told
