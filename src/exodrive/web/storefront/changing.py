"""What a booking's page says of its changes: until when there may be one, which one waits, and which were made."""

from datetime import datetime

import msgspec

from exodrive.flows.change.propose import closes_at
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.overview.changes import SeenChange, changes_of
from exodrive.pricing.words import money
from exodrive.web.shell.formats import moment
from exodrive.web.storefront.change_view import is_open


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a booking. ``until`` is empty when it may not be changed any more; ``amount`` is what the waiting one costs."""

    until: str
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
        waiting=waiting,
        amount=money(waiting.difference, waiting.currency) if waiting else "",
        made=tuple(_line(change, booking) for change in changes if change.is_applied),
    )


def _line(change: SeenChange, booking: BookingPage) -> str:
    """Return a change that was made, in a sentence."""
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
