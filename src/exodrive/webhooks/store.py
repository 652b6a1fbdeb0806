"""All SQL of callbacks: each is kept once, by the provider's id of the event and of the delivery."""

from typing import Any
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.webhooks.model import KeptEvent


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
