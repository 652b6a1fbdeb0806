"""Values of deposits: a hold as it is kept, the rental it stands behind, and the rules of the house."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.deposits.states import HoldStatus
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money


class Way(StrEnum):
    """How a hold comes about; held equal to the CHECK of the table by a test."""

    APPROVAL = "approval"  # the renter approves it by itself, near the pick-up
    ONE_ORDER = "one_order"  # together with the rental, in one approval
    WALLET = "wallet"  # from a wallet the renter let us keep


class Alarm(StrEnum):
    """What a person must know of at once; held equal to the CHECK of the table by a test."""

    UNCOVERED = "uncovered"  # the car is out and nothing stands behind it
    RUNS_OUT = "runs_out"  # the car is out and its hold ends soon, with no other in its place
    CLAIM = "claim"  # a claim is objected to near the end of its hold, was made too late to ask, or came to nothing
    INVOICE = "invoice"  # an invoice does not go on by itself
    RENEWAL_REFUSED = "renewal_refused"  # PayPal would not renew a hold: its money is not certain any more


class DepositRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of the house for deposits, and PayPal's for holds.

    PayPal: a hold lives 29 days, its money is certain for the first 3, and it can be renewed once, from day 4 on, which makes it certain
    for 3 more days and no longer alive (https://developer.paypal.com/docs/api/payments/v2/).
    """

    ask_hours: int = 48  # so long before the pick-up the booking's page asks for the hold
    release_days: int = 3  # so long after the return it is given back when nothing is claimed
    replace_days: int = 3  # so long before its end a hold that must last longer is to be replaced
    answer_hours: int = 48  # so long a renter has to accept a claim, or object
    margin_hours: int = 24  # so long before its end, at the latest, a hold is claimed from
    one_order: bool = False  # rental and deposit may be approved at once: our account at PayPal takes several captures of one hold
    wallet: bool = False  # renters may have it held from the wallet they pay with

    @property
    def ask(self) -> timedelta:
        """How long before the pick-up a hold is asked for."""
        return timedelta(hours=self.ask_hours)

    @property
    def release(self) -> timedelta:
        """How long after the return a hold is kept."""
        return timedelta(days=self.release_days)

    @property
    def replace(self) -> timedelta:
        """How long before its end a hold is to be replaced."""
        return timedelta(days=self.replace_days)

    @property
    def margin(self) -> timedelta:
        """How long before its end a hold is claimed from at the latest."""
        return timedelta(hours=self.margin_hours)


LIFE = timedelta(days=29)
CERTAIN = timedelta(days=3)
RENEWABLE = timedelta(days=4)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold as it is kept. ``parent_id`` is PayPal's first id of it, by which it is given back; ``authorization_id`` the one in force.

    ``covered_until`` is the end of its life, ``guaranteed_until`` of its certainty; ``renewed_at`` when a renewal was tried, whatever came
    of it: PayPal allows one.
    """

    id: UUID
    booking_id: BookingId
    number: int
    way: Way
    status: HoldStatus
    amount: Decimal
    currency: str
    order_id: str | None
    approve_url: str | None
    parent_id: str | None
    authorization_id: str | None
    authorized_at: datetime | None
    covered_until: datetime | None
    guaranteed_until: datetime | None
    renewed_at: datetime | None
    claimed_amount: Decimal
    created_at: datetime

    @property
    def money(self) -> Money:
        """What is held."""
        return Money(self.amount, self.currency)

    def covers(self, now: datetime) -> bool:
        """Whether there is money behind it at a moment."""
        return self.status is HoldStatus.HELD and self.covered_until is not None and now < self.covered_until


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """What a deposit stands behind: ``due_at`` is when the car is to be back; ``claimed`` while a claim is open. Not there: None.

    ``amount`` is how much is to be held: more than a hold has where the booking was given another car.
    """

    pickup_at: datetime
    due_at: datetime
    handed_over_at: datetime | None = None
    returned_at: datetime | None = None
    is_off: bool = False  # cancelled, expired, never shown up
    claimed: bool = False
    waits: bool = False  # paid, and not accepted by us
    amount: Decimal = Decimal(0)

    @property
    def is_out(self) -> bool:
        """Whether the renter has the car."""
        return self.handed_over_at is not None and self.returned_at is None
