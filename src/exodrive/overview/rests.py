"""The rest of a price as pages show it: what is due and until when, or how it was settled."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.payments.instalments.model import InstalmentStatus

# For whoever may see the booking `b`.
REST = """(select row (i.status, i.amount, i.due_on, i.is_paying, i.settled_at) from booking_instalments i where i.booking_id = b.id)"""


class SeenRest(msgspec.Struct, frozen=True):
    """The rest of a booking's price, in its currency; ``is_paying`` while PayPal decides about it, ``settled_at`` once it is settled."""

    status: InstalmentStatus
    amount: Decimal
    due_on: date
    is_paying: bool
    settled_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be paid."""
        return self.status is InstalmentStatus.OPEN


def rest_of(row: Any) -> SeenRest | None:
    """Return the rest that ``REST`` found."""
    return SeenRest(InstalmentStatus(row[0]), *row[1:]) if row else None


class KnownRest(msgspec.Struct, frozen=True):
    """The rest as staff see it: also who waived it, and why."""

    seen: SeenRest
    waived_by: str | None
    reason: str | None


async def rest_in_file(db: Db, booking_id: UUID) -> KnownRest | None:
    """Return the rest of a booking's price for its file."""
    row = await db.fetchrow(
        """select i.status, i.amount, i.due_on, i.is_paying, i.settled_at, s.name, i.reason
           from public.booking_instalments i left join public.staff s on s.id = i.waived_by where i.booking_id = $1""",
        booking_id,
    )
    seen = rest_of(row[:5]) if row else None
    return KnownRest(seen, *row[5:]) if row and seen else None
