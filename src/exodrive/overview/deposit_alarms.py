"""Deposits that need a person: every alarm that is open, the oldest first."""

from datetime import datetime

import msgspec

from exodrive.deposits.model import Alarm
from exodrive.kit.db import Db

MOST = 200  # more than anybody sees to before looking again


class OpenAlarm(msgspec.Struct, frozen=True):
    """One alarm of a booking, and since when it is open."""

    reference: str
    car: str
    status: str
    kind: Alarm
    opened_at: datetime
    return_due_at: datetime
    zone: str


async def open_alarms(db: Db) -> tuple[list[OpenAlarm], bool]:
    """Return up to MOST open alarms, and whether there are more of them."""
    rows = await db.fetch(
        """
        select b.reference, c.name, b.status, a.kind, a.opened_at, b.return_due_at, b.time_zone
        from public.booking_alarms a join public.bookings b on b.id = a.booking_id join public.cars c on c.id = b.car_id
        where a.closed_at is null order by a.opened_at, a.id limit $1""",
        MOST + 1,
    )
    return [OpenAlarm(row[0], row[1], row[2], Alarm(row[3]), *row[4:]) for row in rows[:MOST]], len(rows) > MOST
