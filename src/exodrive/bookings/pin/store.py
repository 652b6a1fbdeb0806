"""All SQL of PINs."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id


class Guarded(NamedTuple):
    """A living link with a PIN: the PIN's hash, and what the key is made from that the right PIN gets."""

    id: UUID
    pin_hash: str
    nonce: bytes
    key_hash: bytes


class Tries(NamedTuple):
    """How many tries lie within the two windows, when the oldest of each was, and the present moment."""

    here: int
    first_here: datetime | None
    anywhere: int
    first_anywhere: datetime | None
    now: datetime


async def guarded(db: Db, link_hash: bytes) -> Guarded | None:
    """Find the link with a PIN that has this hash; None for links without one, and for links that open nothing."""
    row = await db.fetchrow(
        """
        select id, pin_hash, pin_nonce, token_hash from booking_secure_tokens
        where link_hash = $1 and revoked_at is null and expires_at > (select exodrive_private.now())""",
        link_hash,
    )
    return Guarded(*row) if row else None


async def lock(db: Db, link_id: UUID) -> None:
    """Count tries of a link one at a time; what others counted is seen by the next statement."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('pin:' || $1::uuid::text, 0))", link_id)


async def tries(db: Db, link_id: UUID, network: str, window: timedelta, whole: timedelta) -> Tries:
    """Return the tries from a network within ``window``, and from anywhere within ``whole``."""
    row = await db.fetchrow(
        """
        select count(*) filter (where t.network = $2 and t.tried_at > (select exodrive_private.now()) - $3::interval),
               min(t.tried_at) filter (where t.network = $2 and t.tried_at > (select exodrive_private.now()) - $3::interval),
               count(*), min(t.tried_at), (select exodrive_private.now())
        from booking_pin_tries t where t.link_id = $1 and t.tried_at > (select exodrive_private.now()) - $4::interval""",
        link_id,
        network,
        window,
        whole,
    )
    assert row is not None, "counting answers one row"
    return Tries(*row)


async def add_try(db: Db, link_id: UUID, network: str) -> None:
    """Write a try down, before anybody knows whether it is right."""
    await db.execute("insert into booking_pin_tries (id, link_id, network) values ($1, $2, $3)", new_id(), link_id, network)


async def set_pin(db: Db, booking_id: BookingId, pin_hash: str, nonce: bytes, key_hash: bytes) -> bool:
    """Put a PIN in front of the living link, in place of one before; False when there is no link."""
    found = await db.fetchval(
        """
        update booking_secure_tokens set pin_hash = $2, pin_nonce = $3, token_hash = $4
        where booking_id = $1 and revoked_at is null returning true""",
        booking_id,
        pin_hash,
        nonce,
        key_hash,
    )
    return found is not None


async def clear_pin(db: Db, booking_id: BookingId) -> bool:
    """Let the living link open its booking by itself again; False when it had no PIN."""
    found = await db.fetchval(
        """
        update booking_secure_tokens set pin_hash = null
        where booking_id = $1 and revoked_at is null and pin_since is not null returning true""",
        booking_id,
    )
    return found is not None


async def forget_tries(db: Db, before: datetime) -> int:
    """Delete tries older than this moment; return how many."""
    status = await db.execute("delete from booking_pin_tries where tried_at < $1", before)
    return int(status.rpartition(" ")[2])
