"""Bookings that are paid and wait for staff to accept them, the most urgent first."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

from exodrive.kit.db import Db

MOST = 200  # more than anybody answers before looking again


class Waiting(msgspec.Struct, frozen=True):
    """One booking that waits: what was paid, and until when it is to be answered, which is so long from now."""

    reference: str
    car: str
    start: date
    end: date
    zone: str
    pickup_at: datetime
    renter: str
    email: str
    birth_date: date
    paid: Decimal
    currency: str
    due_at: datetime
    left: timedelta


async def waiting(db: Db) -> tuple[list[Waiting], bool]:
    """Return up to MOST bookings that wait for an answer, and whether there are more of them."""
    rows = await db.fetch(
        """
        select b.reference, c.name, b.start_date, b.end_date, b.time_zone, b.pickup_at,
               b.contact_first_name || ' ' || b.contact_last_name, b.contact_email, b.driver_birth_date, p.captured_amount, b.currency,
               b.approval_due_at, b.approval_due_at - (select exodrive_private.now())
        from public.bookings b join public.cars c on c.id = b.car_id join public.payments p on p.booking_id = b.id
        where b.status = 'upcoming' and b.approved_at is null and b.approval_due_at is not null
        order by b.approval_due_at, b.id limit $1""",
        MOST + 1,
    )
    return [Waiting(*row) for row in rows[:MOST]], len(rows) > MOST
