"""Values of decisions: which intents wait for one, and which may be made."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from exodrive.kit.ids import OperationId
from exodrive.kit.money import Money
from exodrive.payments.model import End, Kind, Operation

# Doubts that asking again does not end: PayPal tells of something else, the days are somebody else's, or we cannot go on ourselves.
DOUBTS = frozenset({"MISMATCH", "DAYS_MISSING", "TROUBLE"})
PATIENCE = timedelta(days=1)  # so long an unknown outcome is left to be found out
_TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})


class Decision(StrEnum):
    """What is to become of an intent in doubt; held equal to the CHECK of the table by a test."""

    ACCEPT = "accept"  # what PayPal shows is right: it is done
    GIVE_BACK = "give_back"  # the money that came goes back, and what it was for ends
    CLOSE = "close"  # nothing came of it, or it was put right at PayPal's site: it failed


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """An intent whose end is not known, with the newest that PayPal showed of it; ``seen`` names nothing while it showed nothing."""

    operation: Operation
    end: End | None
    issue: str | None
    seen: str | None
    status: str | None
    money: Money | None

    def waits(self, now: datetime) -> bool:
        """Whether it waits for a person: a payment that is pending at PayPal never does."""
        is_decided = self.operation.kind in (Kind.CAPTURE, Kind.REFUND, Kind.CLAIM, Kind.REPAY) or self.operation.is_joint_hold
        if not is_decided or self.end is not End.UNKNOWN:
            return False
        return self.issue in DOUBTS or self.operation.created_at < now - PATIENCE

    @property
    def choices(self) -> tuple[Decision, ...]:
        """What may be decided about it."""
        accept = (Decision.ACCEPT,) if self._is_done and self.money == self.operation.money else ()
        return (*accept, *((Decision.GIVE_BACK,) if self._may_go_back else ()), Decision.CLOSE)

    @property
    def _is_done(self) -> bool:
        return self.seen is not None and self.status in _TAKEN

    @property
    def _may_go_back(self) -> bool:
        same_currency = self.money is not None and self.money.currency == self.operation.currency
        return self.operation.kind is Kind.CAPTURE and self._is_done and same_currency


class Made(msgspec.Struct, frozen=True):
    """A decision that was made, and by whom."""

    operation_id: OperationId
    decision: Decision
    reason: str
    staff_id: UUID
    staff_name: str
