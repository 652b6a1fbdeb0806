"""What needs a person now: cars that are not back and are needed, deposits with an alarm, holds that ran out, and work that failed."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.overview.deposit_alarms import OpenAlarm, open_alarms
from exodrive.overview.failed_work import FailedWork, failed_work

MOST = 200  # more than anybody sees to before looking again


class Party(msgspec.Struct, frozen=True):
    """A booking that a clash is about: whom to call, and until when they have the car, or from when they want it."""

    reference: str
    renter: str
    phone: str
    at: datetime
    zone: str


class OpenClash(msgspec.Struct, frozen=True):
    """A car that is not back, and the day of it that is somebody else's; ``hit`` is None where we have it out of the shop ourselves."""

    id: UUID
    car: str
    day: date
    opened_at: datetime
    alarmed_at: datetime | None
    late: Party
    hit: Party | None


class Lapsed(msgspec.Struct, frozen=True):
    """A booking that goes on whose hold ran out, with no other in its place."""

    reference: str
    car: str
    status: str
    lapsed_at: datetime
    return_due_at: datetime
    zone: str


class Alarms(msgspec.Struct, frozen=True):
    """All of them, each kind with the oldest first; ``has_more`` when there are more than are listed."""

    clashes: list[OpenClash]
    deposits: list[OpenAlarm]
    lapsed: list[Lapsed]
    failed: list[FailedWork]
    has_more: bool


async def alarms(db: Db) -> Alarms:
    """Return up to MOST of each kind."""
    clashes, (deposits, more), lapsed = await _clashes(db), await open_alarms(db), await _lapsed(db)
    failed = await failed_work(db, MOST + 1)
    more = more or max(len(clashes), len(lapsed), len(failed)) > MOST
    return Alarms(clashes[:MOST], deposits, lapsed[:MOST], failed[:MOST], more)


async def count(db: Db) -> int:
    """Return how many clashes and alarms are open, and how much work failed."""
    number: int = await db.fetchval(
        """
        select (select count(*) from public.booking_clashes where closed_at is null)
             + (select count(*) from public.booking_alarms where closed_at is null)
             + (select count(*) from public.outbox where dead_at is not null and job is null)"""
    )
    return number


async def _clashes(db: Db) -> list[OpenClash]:
    rows = await db.fetch(
        """
        select k.id, c.name, k.day, k.opened_at, k.alarmed_at,
               row (l.reference, l.contact_first_name || ' ' || l.contact_last_name, l.contact_phone, l.return_due_at, l.time_zone),
               case when h.id is not null then
                   row (h.reference, h.contact_first_name || ' ' || h.contact_last_name, h.contact_phone, h.pickup_at, h.time_zone) end
        from public.booking_clashes k join public.cars c on c.id = k.car_id join public.bookings l on l.id = k.late_id
        left join public.bookings h on h.id = k.hit_id
        where k.closed_at is null order by k.opened_at, k.id limit $1""",
        MOST + 1,
    )
    return [OpenClash(row[0], row[1], row[2], row[3], row[4], Party(*row[5]), Party(*row[6]) if row[6] else None) for row in rows]


async def _lapsed(db: Db) -> list[Lapsed]:
    rows = await db.fetch(
        """
        select b.reference, c.name, b.status, max(h.ended_at), b.return_due_at, b.time_zone
        from public.bookings b join public.cars c on c.id = b.car_id join public.deposit_holds h on h.booking_id = b.id
        where b.status in ('upcoming', 'active') and h.status = 'lapsed'
          and not exists (select from public.deposit_holds o where o.booking_id = b.id and o.status = 'held')
        group by b.id, c.id order by 4, b.id limit $1""",
        MOST + 1,
    )
    return [Lapsed(*row) for row in rows]
