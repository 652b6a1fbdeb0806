"""What this PayPal remembers of an invoice."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from exodrive_emulators.paypal.invoicing.shapes import Draft
from exodrive_emulators.paypal.invoicing.states import Kind, Status
from exodrive_emulators.paypal.invoicing.sums import Sums


class Movement(msgspec.Struct):
    """Money that came in or went back, in the invoice's currency."""

    id: str
    kind: Kind
    method: str
    value: Decimal
    day: date
    note: str = ""
    pending: bool = False


class Invoice(msgspec.Struct):
    """As it was sent to us, what it comes to, and what has become of it. `recipients` are the moments at which they were changed."""

    id: str
    number: str
    draft: Draft
    sums: Sums
    day: date
    due: date | None
    created: datetime
    updated: datetime
    status: Status = Status.DRAFT
    sent: datetime | None = None
    last_sent: datetime | None = None
    ended: datetime | None = None
    payments: list[Movement] = []
    refunds: list[Movement] = []
    reminders: list[datetime] = []
    recipients: list[datetime] = []

    @property
    def paid(self) -> Decimal:
        """What has come in for good."""
        return sum((it.value for it in self.payments if not it.pending), Decimal(0))

    @property
    def returned(self) -> Decimal:
        """What went back."""
        return sum((it.value for it in self.refunds), Decimal(0))

    @property
    def left(self) -> Decimal:
        """What is still to be paid."""
        return self.sums.total - self.paid

    def of(self, kind: Kind, movements: list[Movement]) -> Decimal:
        """The sum of one kind."""
        return sum((it.value for it in movements if it.kind is kind), Decimal(0))
