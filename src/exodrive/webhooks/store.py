"""All SQL of callbacks: each is kept once, by the provider's id of the event and of the delivery."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from exodrive.gateways.paypal import Flaw
from exodrive.kit.db import Db
from exodrive.webhooks.model import Cursor, KeptEvent


async def keep(
    db: Db, event_id: UUID, *, source: str, event: str, transmission: str, kind: str, resource_id: str | None, payload: dict[str, Any]
) -> bool:
    """Keep a message under our own id; False when it was kept before."""
    status = await db.execute(
        """
        insert into webhook_events (id, source, event_id, transmission_id, event_type, resource_id, payload)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""",
        event_id,
        source,
        event,
        transmission,
        kind,
        resource_id,
        payload,
    )
    return status.endswith(" 1")


async def deliver(db: Db, *, source: str, transmission: str, event: str, digest: bytes) -> bool:
    """Note what a delivery brought; False when this very delivery brought something else before."""
    await db.execute(
        """
        insert into webhook_deliveries (source, transmission_id, event_id, digest) values ($1, $2, $3, $4)
        on conflict (source, transmission_id) do nothing""",
        source,
        transmission,
        event,
        digest,
    )
    row = await db.fetchrow(
        "select event_id, digest from webhook_deliveries where source = $1 and transmission_id = $2", source, transmission
    )
    return row is not None and tuple(row) == (event, digest)


async def forget_deliveries(db: Db, before: datetime) -> int:
    """Delete deliveries before this moment, whose signatures are too old to be taken again; return how many."""
    status = await db.execute("delete from webhook_deliveries where received_at < $1", before)
    return int(status.rpartition(" ")[2])


async def count_refusals(db: Db, source: str, refused: Mapping[Flaw, int]) -> None:
    """Add to how many messages were refused today, by why."""
    await db.executemany(
        """
        insert into webhook_refusals as r (source, day, flaw, number)
        values ($1, ((select exodrive_private.now()) at time zone 'UTC')::date, $2, $3)
        on conflict (source, day, flaw) do update set number = r.number + excluded.number, last_at = (select exodrive_private.now())""",
        [(source, flaw, number) for flaw, number in sorted(refused.items())],
    )


async def refusals(db: Db, since: date) -> list[tuple[date, str, int]]:
    """Return how many messages were refused on each day since, and why."""
    rows = await db.fetch("select r.day, r.flaw, r.number from webhook_refusals r where r.day >= $1 order by r.day, r.flaw", since)
    return [(day, flaw, number) for day, flaw, number in rows]


async def reopen(db: Db, source: str, event: str) -> UUID | None:
    """Have a kept message worked on anew; return our id of it, or None when it is not kept."""
    event_id: UUID | None = await db.fetchval(
        "update webhook_events set handled_at = null, outcome = null where source = $1 and event_id = $2 returning id", source, event
    )
    return event_id


async def read_until(db: Db, source: Cursor) -> datetime | None:
    """Return up to which moment something was looked at."""
    moment: datetime | None = await db.fetchval("select read_until from webhook_cursors where source = $1", source)
    return moment


async def move_cursor(db: Db, source: Cursor, until: datetime) -> None:
    """Remember that something was looked at up to this moment; never back."""
    await db.execute(
        """
        insert into webhook_cursors as c (source, read_until) values ($1, $2)
        on conflict (source) do update set read_until = greatest(c.read_until, excluded.read_until)""",
        source,
        until,
    )


async def find(db: Db, event_id: UUID) -> KeptEvent | None:
    """Return a kept message."""
    row = await db.fetchrow(
        """
        select id, source, event_id, event_type, resource_id, payload, handled_at is not null from webhook_events where id = $1""",
        event_id,
    )
    return KeptEvent(*row) if row else None


async def handled(db: Db, event_id: UUID, outcome: str) -> None:
    """Note what came of a message; the first time counts."""
    await db.execute(
        """
        update webhook_events set handled_at = (select exodrive_private.now()), outcome = $2 where id = $1 and handled_at is null""",
        event_id,
        outcome,
    )
