"""A booking's deposit as its renter may see it: every hold, and how the wallet stands that they let us keep. No id of PayPal's."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.deposits.model import Way
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets.model import Agreed, WalletStatus

#: Two columns of a question about the booking ``b``.
DEPOSIT = """
    array(select row (h.way, h.status, h.amount, h.claimed_amount, h.covered_until, h.ended_at) from deposit_holds h
          where h.booking_id = b.id order by h.number),
    (select row (w.status, w.agreed_at) from paypal_wallets w where w.booking_id = b.id)"""


class HeldDeposit(msgspec.Struct, frozen=True):
    """A hold of a booking's deposit, as its renter may see it."""

    way: Way
    status: HoldStatus
    amount: Decimal
    claimed: Decimal
    covered_until: datetime | None
    ended_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether money stands behind the car at a moment."""
        return self.status is HoldStatus.HELD and self.covered_until is not None and now < self.covered_until


def hold_of(row: Any) -> HeldDeposit:
    """Return a hold as it was read."""
    return HeldDeposit(Way(row[0]), HoldStatus(row[1]), *row[2:])


def agreed_of(row: Any) -> Agreed | None:
    """Return how the wallet stands; None where no renter agreed to one."""
    return Agreed(WalletStatus(row[0]), row[1]) if row else None
