"""Values of kept wallets, their life, and the rule when a deposit is held by one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from exodrive.deposits.model import Way
from exodrive.deposits.states import HoldStatus
from exodrive.kit.ids import BookingId

SOON = timedelta(hours=1)  # so long after a renter agreed PayPal may take to tell of the wallet before the renter is asked for the hold
_WITH_A_RENTAL = {(Way.ONE_ORDER, HoldStatus.DROPPED), (Way.ONE_ORDER, HoldStatus.DECLINED)}
LONGEST, SHORTEST = timedelta(hours=6), timedelta(minutes=15)


class WalletStatus(StrEnum):
    """Where a wallet stands; held equal to the CHECK of the table by a test."""

    AGREED = "agreed"  # its renter agreed; PayPal has not told that it keeps it
    KEPT = "kept"  # PayPal keeps it: deposits can be held by it
    NONE = "none"  # PayPal keeps none: nothing was paid, or the account may not keep any
    CANCELLED = "cancelled"  # its owner ended it at PayPal
    DELETED = "deleted"  # we had it deleted: the booking is settled


class Agreed(msgspec.Struct, frozen=True):
    """How a wallet stands, and when its renter agreed: all that renters and staff may see of it."""

    status: WalletStatus
    agreed_at: datetime


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet as it is kept. ``token_id`` is PayPal's id of it; ``deleting_at`` is when we wrote down that it is to be deleted."""

    booking_id: BookingId
    status: WalletStatus
    token_id: str | None
    agreed_at: datetime
    deleting_at: datetime | None


class Tried(Protocol):
    """A hold of a booking, as far as it says whether its wallet serves."""

    @property
    def status(self) -> HoldStatus:
        """Where it stands."""

    @property
    def way(self) -> Way:
        """How it came about."""


def serves(wallet: Agreed | Wallet | None, holds: Sequence[Tried], now: datetime) -> bool:
    """Tell whether a deposit that is wanted is held by a wallet, so that its renter is not asked for it.

    Not after it came to nothing by the wallet, nor while or after the renter was asked instead; and never again after a hold was given
    back, or claimed from, on purpose. What was to be held with a rental that was then paid for alone says nothing of it.
    """
    if wallet is None:
        return False
    may_come = wallet.status is WalletStatus.AGREED and now < wallet.agreed_at + SOON
    if wallet.status is not WalletStatus.KEPT and not may_come:
        return False
    newest = next((hold for hold in reversed(holds) if (hold.way, hold.status) not in _WITH_A_RENTAL), None)
    if newest is None or newest.status in (HoldStatus.HELD, HoldStatus.LAPSED):
        return True
    return newest.status is HoldStatus.ASKED and newest.way is Way.WALLET


def patience(asked_at: datetime, needed_at: datetime) -> timedelta:
    """Return how long PayPal may take to hold by a wallet before the renter is asked instead: an eighth of the time that was left."""
    return max(SHORTEST, min(LONGEST, (needed_at - asked_at) / 8))
