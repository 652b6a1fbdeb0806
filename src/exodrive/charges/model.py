"""Values of charges: what one is for, what it comes to, and the tariffs of the house."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.charges.states import ChargeStatus


class ChargeKind(StrEnum):
    """What a charge is for; held equal to the CHECK of the table by a test."""

    DISTANCE = "distance"
    FUEL = "fuel"
    LATE = "late"
    COVER = "cover"  # the days of a cover that the car was late
    CLEANING = "cleaning"
    DAMAGE = "damage"
    TOLL = "toll"
    FINE = "fine"
    OTHER = "other"


#: Of what somebody else charges for the car: it is passed on as it is, and handling it costs a fee of ours.
PASSED_ON = frozenset({ChargeKind.TOLL, ChargeKind.FINE})
#: Compensation and what is passed on are no sale: no tax is charged on them. Our fees and services are taxed as the rental was.
UNTAXED = PASSED_ON | {ChargeKind.DAMAGE}


class Tariffs(msgspec.Struct, frozen=True, kw_only=True):
    """The tariffs of the house for what is not in the rental's own price; sums are in ``currency``. Each kind has a grace of its own.

    Fuel: less than so many percent missing is nobody's business; else what a whole tank or battery costs, by what is missing, and a fee.
    Late: from the end of the grace every begun hour since the return was due is so many percent of the rental's price of a day, at most a
    whole day in 24 hours; a cover's days are whole days.
    """

    currency: str = "USD"
    distance_grace: int = 5  # in the car's own unit
    fuel_grace_percent: int = 5
    fuel_full: int = 160
    fuel_fee: int = 25
    late_grace_minutes: int = 29
    late_percent: int = 25
    cover_grace_minutes: int = 29
    cleaning: int = 150
    handling_fee: int = 35  # of each toll or fine
    window_days: int = 90  # so long after the return something may still be charged
    invoice_due_days: int = 14  # so long after the day it is drafted an invoice is to be paid, as proposed

    @property
    def late_grace(self) -> timedelta:
        """How late a car may be before the lateness is charged."""
        return timedelta(minutes=self.late_grace_minutes)

    @property
    def cover_grace(self) -> timedelta:
        """How late a car may be before another day of its cover is."""
        return timedelta(minutes=self.cover_grace_minutes)

    @property
    def window(self) -> timedelta:
        """How long after the return something may still be charged."""
        return timedelta(days=self.window_days)


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """What was sold, as far as charges come from it: frozen with the price. ``included`` is None where driving is not limited.

    ``day`` and ``cover`` are what a day of the rental and of its cover cost on average, ``taxes`` the percentages it was taxed with.
    """

    currency: str
    day: Decimal
    cover: Decimal
    included: int | None
    each_further: Decimal | None
    unit: str
    taxes: tuple[Decimal, ...]


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a rental that is over."""

    driven: int
    fuel_out: int
    fuel_in: int
    due_at: datetime
    returned_at: datetime


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A charge to be: the thing, what handling it costs, the tax, and what it was worked out from."""

    kind: ChargeKind
    amount: Decimal
    fee: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    currency: str
    facts: dict[str, str] = {}
    reason: str = ""
    evidence: str = ""
    happened_at: datetime | None = None


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A charge as it is kept. ``due_at`` is since when the renter is asked for it, ``ended_at`` when it was withdrawn."""

    id: UUID
    number: int
    kind: ChargeKind
    status: ChargeStatus
    amount: Decimal
    fee: Decimal
    tax: Decimal
    total: Decimal
    currency: str
    facts: dict[str, str]
    reason: str
    evidence: str
    happened_at: datetime | None
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    withdrawn_because: str | None
    paid: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """What of it is still to be paid."""
        return self.total - self.paid
