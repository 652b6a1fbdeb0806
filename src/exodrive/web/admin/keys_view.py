"""Where the key of a booking's car is, on its file: what may be done with it, and what was read."""

from datetime import datetime

import msgspec

from exodrive.flows.ending.end import LIVING
from exodrive.handovers.model import Handover, Way
from exodrive.kit.days import day_at
from exodrive.overview.staff_file import Booking
from exodrive.overview.staff_keys import Keys


class KeysView(msgspec.Struct, frozen=True, kw_only=True):
    """What staff may do with a key now. ``is_open`` while the car may go out by its days, ``needs_manager`` while no deposit is held."""

    is_open: bool
    is_out: bool
    needs_manager: bool
    may_override: bool
    unit: str
    odometer: int | None
    out: Handover | None
    back: Handover | None


def keys_view(booking: Booking, keys: Keys, now: datetime, *, manages: bool) -> KeysView:
    """Return what staff may do with the key of a booking's car."""
    has_come = day_at(now, booking.zone) >= booking.start and now < booking.return_due_at
    is_uncovered = keys.deposit > 0 and not keys.is_covered
    return KeysView(
        is_open=booking.status in LIVING and not booking.waits and keys.handed_over_at is None and has_come,
        is_out=keys.handed_over_at is not None and keys.returned_at is None,
        needs_manager=is_uncovered,
        may_override=is_uncovered and manages,
        unit=keys.unit,
        odometer=keys.odometer,
        out=keys.way(Way.OUT),
        back=keys.way(Way.IN),
    )
