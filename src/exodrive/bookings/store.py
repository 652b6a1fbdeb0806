"""All SQL of bookings by themselves: moves and history, and private links. A move is made under the car's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from exodrive.bookings.model import Actor, BookingStatus, Link
from exodrive.bookings.states import check_move
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, CarId, new_id

_MOVE = """
    with moved as (
        update bookings set status = $3, updated_at = (select exodrive_private.now()),
               cancelled_at = case when $3 = 'cancelled' then (select exodrive_private.now()) end
        where id = any($1::uuid[]) and status = $2 returning id
    ), told as (
        insert into booking_events (booking_id, event_type, actor_type, actor_id, actor_name, before, after, reason, details)
        select id, $4, $5, $6, $7, $2, $3, $8, $9::jsonb from moved
    )
    select id from moved"""


async def move(
    db: Db,
    booking_ids: Sequence[BookingId],
    old: BookingStatus,
    new: BookingStatus,
    event: str,
    actor: Actor,
    *,
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> list[BookingId]:
    """Move bookings from the state they were seen in and write their history; return those that were still in it."""
    check_move(old, new)
    rows = await db.fetch(
        _MOVE,
        list(booking_ids),
        old,
        new,
        event,
        actor.kind,
        actor.id,
        actor.name,
        reason,
        details or {},
    )
    return [row[0] for row in rows]


async def tell(db: Db, booking_id: BookingId, event: str, actor: Actor, *, reason: str | None = None, **details: Any) -> None:
    """Write one line of a booking's history that is no move."""
    await db.execute(
        """
        insert into booking_events (booking_id, event_type, actor_type, actor_id, actor_name, reason, details)
        values ($1, $2, $3, $4, $5, $6, $7)""",
        booking_id,
        event,
        actor.kind,
        actor.id,
        actor.name,
        reason,
        details,
    )


async def car_of(db: Db, booking_id: BookingId) -> CarId | None:
    """Return the car of a booking, to take its lock; it only changes under that lock."""
    car_id: CarId | None = await db.fetchval("select car_id from bookings where id = $1", booking_id)
    return car_id


async def waits(db: Db, booking_id: BookingId) -> bool:
    """Tell whether a booking is paid and waits to be accepted."""
    waiting: bool | None = await db.fetchval(
        "select status = 'upcoming' and approval_due_at is not null and approved_at is null from bookings where id = $1", booking_id
    )
    return bool(waiting)


async def living_link(db: Db, booking_id: BookingId) -> Link | None:
    """Return what the living link of a booking is made from, expired or not, whether it asks for a PIN or not."""
    row = await db.fetchrow(
        "select nonce, coalesce(link_hash, token_hash), expires_at from booking_secure_tokens where booking_id = $1 and revoked_at is null",
        booking_id,
    )
    return Link(*row) if row else None


async def revoke_link(db: Db, booking_id: BookingId) -> bool:
    """End the living link of a booking at once; False when it has none."""
    ended = await db.fetchval(
        """
        update booking_secure_tokens set revoked_at = (select exodrive_private.now())
        where booking_id = $1 and revoked_at is null returning true""",
        booking_id,
    )
    return ended is not None


async def add_link(db: Db, booking_id: BookingId, link: Link) -> None:
    """Keep what a new link is made from; a booking has one living link at most."""
    await db.execute(
        "insert into booking_secure_tokens (id, booking_id, nonce, token_hash, expires_at) values ($1, $2, $3, $4, $5)",
        new_id(),
        booking_id,
        link.nonce,
        link.token_hash,
        link.expires_at,
    )


async def return_of(db: Db, booking_id: BookingId) -> datetime | None:
    """Return when a booking's car is due back, and keep the booking for this transaction alone."""
    moment: datetime | None = await db.fetchval("select return_due_at from bookings where id = $1 for update", booking_id)
    return moment


async def pending_since(db: Db, before: datetime, limit: int) -> list[BookingId]:
    """Return pending bookings made before a moment, oldest first."""
    rows = await db.fetch(
        "select id from bookings where status = 'pending' and created_at < $1 order by created_at, id limit $2", before, limit
    )
    return [row[0] for row in rows]


async def change_contact(db: Db, reference: str, first_name: str, last_name: str, phone: str, notes: str) -> bool:
    """Change how a renter is called and reached; False when this role may not (any more): policies end it at the pick-up."""
    changed = await db.fetchval(
        """
        update bookings set contact_first_name = $2, contact_last_name = $3, contact_phone = $4, notes = $5,
               updated_at = (select exodrive_private.now())
        where reference = $1 returning true""",
        reference,
        first_name,
        last_name,
        phone,
        notes,
    )
    return changed is not None


async def change_email(db: Db, booking_id: BookingId, email: str) -> str | None:
    """Write to a renter at another address from now on; return the one before, None when this role sees no such booking."""
    was: str | None = await db.fetchval("select contact_email from bookings where id = $1 for update", booking_id)
    await db.execute(
        "update bookings set contact_email = $2, updated_at = (select exodrive_private.now()) where id = $1 and contact_email <> $2",
        booking_id,
        email,
    )
    return was
