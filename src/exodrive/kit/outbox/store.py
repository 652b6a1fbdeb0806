"""All SQL of the outbox: promised work, what was handed to the queue, what is done and what died."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from exodrive.kit.db import Db

if TYPE_CHECKING:
    import asyncpg


class Waiting(msgspec.Struct, frozen=True):
    """Promised work to be handed to the queue."""

    id: UUID
    topic: str
    retries: int

    @property
    def queue_id(self) -> str:
        """The queue's id: a work revived by hand needs a new one, because the queue remembers the dead."""
        return f"{self.id}-{self.retries}" if self.retries else str(self.id)


class Work(msgspec.Struct, frozen=True):
    """Promised work to be done."""

    id: UUID
    topic: str
    payload: dict[str, Any]


class DeadLetter(msgspec.Struct, frozen=True):
    """Work that failed its last try."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    created_at: datetime
    dead_at: datetime
    error: str


async def add(db: Db, outbox_id: UUID, topic: str, payload: Mapping[str, Any]) -> None:
    """Promise work."""
    await db.execute("insert into public.outbox (id, topic, payload) values ($1, $2, $3)", outbox_id, topic, payload)


async def add_slot(db: Db, outbox_id: UUID, job: str, slot: datetime) -> None:
    """Promise the run of a recurring job for one slot, unless it is promised already."""
    await db.execute(
        "insert into public.outbox (id, topic, payload, job, slot) values ($1, $2, '{}', $2, $3) on conflict (job, slot) do nothing",
        outbox_id,
        job,
        slot,
    )


async def take(db: Db, again_after: timedelta, limit: int) -> list[Waiting]:
    """Lock the oldest work that the queue does not know, or was told of so long ago that it may have forgotten it."""
    rows = await db.fetch(
        """
        select id, topic, retries from public.outbox
        where done_at is null and dead_at is null
          and (sent_at is null or sent_at < (select exodrive_private.now()) - $1::interval)
        order by created_at limit $2 for update skip locked""",
        again_after,
        limit,
    )
    return [Waiting(*row) for row in rows]


async def mark_sent(db: Db, ids: Sequence[UUID]) -> None:
    """Remember that the queue was told of this work, and when."""
    await db.execute(
        "update public.outbox set sent_at = (select exodrive_private.now()), sends = least(sends + 1, 9999) where id = any($1::uuid[])",
        list(ids),
    )


async def open_work(db: Db, outbox_id: UUID) -> Work | None:
    """Return work that is neither done nor dead, waiting for whoever holds its row just now."""
    row = await db.fetchrow(
        "select id, topic, payload from public.outbox where id = $1 and done_at is null and dead_at is null for update", outbox_id
    )
    return Work(*row) if row else None


async def mark_done(db: Db, outbox_id: UUID) -> bool:
    """Mark work done, once; False when it was done before."""
    marked = await db.fetchval(
        """
        update public.outbox set done_at = (select exodrive_private.now()), dead_at = null, error = null
        where id = $1 and done_at is null returning true""",
        outbox_id,
    )
    return marked is not None


async def mark_dead(db: Db, outbox_id: UUID, error: str) -> None:
    """Give work up after its last try, with the reason; work that is done stays done."""
    await db.execute(
        "update public.outbox set dead_at = (select exodrive_private.now()), error = $2 where id = $1 and done_at is null",
        outbox_id,
        error,
    )


async def pass_over(db: Db, job: str, slot: datetime) -> None:
    """Drop earlier slots of a recurring job that nobody began, or that died: the newest does their work too."""
    await db.execute(
        """
        update public.outbox set done_at = (select exodrive_private.now()), dead_at = null
        where job = $1 and slot < $2 and done_at is null and (sent_at is null or dead_at is not null)""",
        job,
        slot,
    )


async def dead(db: Db) -> list[DeadLetter]:
    """Return the dead, newest first."""
    rows = await db.fetch(
        """
        select id, topic, payload, created_at, dead_at, coalesce(error, '') from public.outbox
        where dead_at is not null order by dead_at desc, id desc"""
    )
    return [DeadLetter(*row) for row in rows]


async def revive(db: Db, outbox_id: UUID) -> bool:
    """Make dead work waiting work again, under a new queue id; False when it is not dead."""
    revived = await db.fetchval(
        """
        update public.outbox set dead_at = null, error = null, sent_at = null, retries = retries + 1
        where id = $1 and dead_at is not null returning true""",
        outbox_id,
    )
    return revived is not None


async def see_to(db: Db, outbox_id: UUID) -> bool:
    """Let dead work be, keeping its error; False when it is not dead."""
    seen = await db.fetchval(
        """
        update public.outbox set done_at = (select exodrive_private.now()), dead_at = null
        where id = $1 and dead_at is not null returning true""",
        outbox_id,
    )
    return seen is not None


async def renew(db: Db, outbox_id: UUID, new_id: UUID) -> None:
    """Let dead work be, and promise the like of it; nothing when it is not dead."""
    await db.execute(
        """
        with seen as (
            update public.outbox set done_at = (select exodrive_private.now()), dead_at = null
            where id = $1 and dead_at is not null returning topic, payload)
        insert into public.outbox (id, topic, payload) select $2, topic, payload from seen""",
        outbox_id,
        new_id,
    )


async def prune(db: Db, done_before: datetime) -> int:
    """Delete work done before this moment; return how much."""
    status = await db.execute("delete from public.outbox where done_at < $1", done_before)
    return int(status.rpartition(" ")[2])


async def alive(db: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Ask the server for nothing: a connection that is dead without knowing it finds out."""
    await db.execute("select 1")
