"""All SQL of differences: noted once while open, closed when they are gone, resolved by a person."""

from collections.abc import Collection, Sequence
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import new_id
from exodrive.payments.differences.model import Finding, Gap, Thing

# What only PayPal's list of events tells is not gone because the thing itself does not show it.
_TOLD_BY_EVENTS = (Gap.REVERSED, Gap.UNKNOWN)


async def note(db: Db, found: Finding) -> bool:
    """Note a difference, or that it is still there; False for one that a person has resolved and that is still the very same."""
    noted = await db.fetchval(
        """
        insert into money_differences as d (id, booking_id, object, object_id, kind, ours, theirs)
        select $1, $2, $3, $4, $5, $6, $7
        where not exists (
            select from (select e.ours, e.theirs, e.resolved_by from money_differences e
                         where e.object_id = $4 and e.kind = $5 and e.object = $3 order by e.first_seen desc limit 1) last
            where last.resolved_by is not null and (last.ours, last.theirs) is not distinct from ($6::text, $7::text))
        on conflict (object_id, kind, object) where resolved_at is null
        do update set booking_id = excluded.booking_id, ours = excluded.ours, theirs = excluded.theirs,
                      last_seen = (select exodrive_private.now())
        returning true""",
        new_id(),
        found.booking_id,
        found.thing,
        found.object_id,
        found.gap,
        found.ours,
        found.theirs,
    )
    return noted is not None


async def close_gone(db: Db, thing: Thing, object_id: str, still: Collection[Gap]) -> int:
    """Close what is open about a thing and was not found again when it was read; return how many."""
    status = await db.execute(
        """
        update money_differences set resolved_at = (select exodrive_private.now())
        where object = $1 and object_id = $2 and resolved_at is null and not kind = any($3::text[])""",
        thing,
        object_id,
        [*still, *_TOLD_BY_EVENTS],
    )
    return int(status.rpartition(" ")[2])


async def close_known(db: Db) -> int:
    """Close what was unknown and stands in our book by now; return how many."""
    status = await db.execute(
        """
        update money_differences d set resolved_at = (select exodrive_private.now())
        where d.kind = 'unknown' and d.resolved_at is null and exists (select from payment_results r where r.provider_id = d.object_id)"""
    )
    return int(status.rpartition(" ")[2])


async def resolve(db: Db, difference_id: UUID, staff_id: UUID, reason: str) -> bool:
    """Put an end to an open difference in somebody's name; False when it is not open."""
    resolved = await db.fetchval(
        """
        update money_differences set resolved_at = (select exodrive_private.now()), resolved_by = $2, reason = $3
        where id = $1 and resolved_at is null returning true""",
        difference_id,
        staff_id,
        reason,
    )
    return resolved is not None


async def exists(db: Db, difference_id: UUID) -> bool:
    """Tell whether there is such a difference."""
    return bool(await db.fetchval("select exists (select from money_differences where id = $1)", difference_id))


async def open_about(db: Db, object_ids: Sequence[str]) -> set[str]:
    """Return those of these ids of PayPal's about which something is open."""
    rows = await db.fetch(
        "select distinct object_id from money_differences where object_id = any($1::text[]) and resolved_at is null", list(object_ids)
    )
    return {row[0] for row in rows}
