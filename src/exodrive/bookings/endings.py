"""How a booking ends before its rental: who ended it, by which rule, and what of its money goes back."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from exodrive.bookings.model import Tier
from exodrive.kit.money import Money


class How(StrEnum):
    """Who ended a booking, and by which rule its money goes back; held equal to the CHECK of the table by a test."""

    RENTER = "renter"  # its renter, by the tiers
    COMPANY = "company"  # we did: everything goes back
    TIERS = "tiers"  # staff for the renter, by the tiers
    PERCENT = "percent"  # staff, with a share of their own
    NO_SHOW = "no_show"  # nobody came for the car
    REFUSED = "refused"  # we did not accept the booking: everything goes back
    UNANSWERED = "unanswered"  # nobody accepted it in time: everything goes back


class Terms(msgspec.Struct, frozen=True):
    """What the end of a booking is decided from; ``no_show_at`` is when it becomes a no-show unless that is taken back.

    ``answer_due_at`` is until when we are to accept it, while it waits for that; what we have not accepted costs its renter nothing.
    """

    pickup_at: datetime
    handed_over_at: datetime | None
    no_show_at: datetime | None
    tiers: tuple[Tier, ...]
    answer_due_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether the booking is paid and not accepted."""
        return self.answer_due_at is not None


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a booking ended, and what of its money goes back; ``how`` is None for one that was never paid."""

    how: How | None
    percent: int
    paid: Decimal
    refund: Decimal
    currency: str
    ended_at: datetime

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.refund, self.currency)


# By name, in the order of the struct; shared with the read-only joins, which name `booking_endings e` alike.
ENDING = "e.how, e.percent, e.paid, e.refund, e.currency, e.ended_at"


def ending_of(columns: Iterable[Any]) -> Ending:
    """Build an ending from the columns of ENDING."""
    named = dict(zip(Ending.__struct_fields__, columns, strict=True))
    return Ending(**(named | {"how": How(named["how"])}))
