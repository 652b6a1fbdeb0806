"""Values of the rest of a price: how it stands, and when its renter is reminded of it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money

# So many days before the day it is due a letter goes out, at nine in the morning where the booking is; below zero: after it.
REMINDERS = (3, 0, -2)


class InstalmentStatus(StrEnum):
    """How the rest of a price stands; held equal to the CHECK of the table by a test."""

    OPEN = "open"
    PAID = "paid"
    WAIVED = "waived"  # staff forwent it
    MERGED = "merged"  # a change of the booking took all of it off the price
    DROPPED = "dropped"  # the booking ended: who does not rent owes nothing more


class Instalment(msgspec.Struct, frozen=True):
    """The rest of a booking's price. ``order_id`` is how it is paid at present, ``opened_at`` since when; ``is_paying``: a capture is
    under way, and until its end is known nothing else happens to it.
    """

    id: UUID
    booking_id: BookingId
    status: InstalmentStatus
    amount: Decimal
    currency: str
    due_on: date
    order_id: str | None
    approve_url: str | None
    opened_at: datetime | None
    is_paying: bool
    remind_at: datetime | None
    settled_at: datetime | None

    @property
    def money(self) -> Money:
        """What is due."""
        return Money(self.amount, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be paid."""
        return self.status is InstalmentStatus.OPEN
