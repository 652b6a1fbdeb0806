"""Values of days that a late car would need."""

from datetime import date

import msgspec

from exodrive.kit.ids import BookingId


class Hit(msgspec.Struct, frozen=True):
    """Who has a day that a late car needs, and which is the first; nobody where we have it out of the shop ourselves."""

    booking_id: BookingId | None
    day: date
