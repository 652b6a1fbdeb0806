"""All SQL of claims by themselves. Who writes holds the lock of the booking's car."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.deposits.claims.model import Answer, Claim, ClaimStatus, check_move
from exodrive.deposits.model import Hold
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id

# By name, in the order of the struct.
_CLAIM = """
    select k.id, k.booking_id, k.hold_id, k.number, k.status, k.asked, k.amount, k.currency, k.answer_by, k.answer, k.objection,
           k.answered_at, k.reason, k.created_at, k.ended_at, k.repaid
    from deposit_claims k"""


def claim_of(columns: Iterable[Any]) -> Claim:
    """Build a claim from its columns in the order of the struct."""
    named = dict(zip(Claim.__struct_fields__, columns, strict=True))
    answer = Answer(named["answer"]) if named["answer"] else None
    return Claim(**(named | {"status": ClaimStatus(named["status"]), "answer": answer}))


async def add(db: Db, hold: Hold, asked: Decimal, amount: Decimal, answer_by: datetime, staff_id: UUID, *, at_once: bool) -> UUID:
    """Write a claim that its renter may answer, or one that is taken at once."""
    claim_id = new_id()
    await db.execute(
        """
        insert into deposit_claims (id, booking_id, hold_id, number, status, asked, amount, currency, answer_by, staff_id, answer,
                                    answered_at)
        select $1, $2, $3, coalesce(max(number), 0) + 1, case when $9 then 'accepted' else 'asked' end, $4, $5, $6, $7, $8,
               case when $9 then 'at_once' end, case when $9 then $7::timestamptz end
        from deposit_claims where booking_id = $2""",
        claim_id,
        hold.booking_id,
        hold.id,
        asked,
        amount,
        hold.currency,
        answer_by,
        staff_id,
        at_once,
    )
    return claim_id


async def made_by(db: Db, claim_id: UUID) -> UUID:
    """Return the member of staff who made a claim."""
    staff_id: UUID = await db.fetchval("select staff_id from deposit_claims where id = $1", claim_id)
    return staff_id


async def find(db: Db, claim_id: UUID) -> Claim | None:
    """Return a claim."""
    row = await db.fetchrow(f"{_CLAIM} where k.id = $1", claim_id)
    return claim_of(row) if row else None


async def of_booking(db: Db, booking_id: BookingId) -> list[Claim]:
    """Return all claims of a booking, in the order they were made."""
    return [claim_of(row) for row in await db.fetch(f"{_CLAIM} where k.booking_id = $1 order by k.number", booking_id)]


async def open_of(db: Db, booking_id: BookingId) -> Claim | None:
    """Return the claim of a booking that has not ended; there is one at most."""
    row = await db.fetchrow(f"{_CLAIM} where k.booking_id = $1 and k.ended_at is null", booking_id)
    return claim_of(row) if row else None


async def object_to(db: Db, claim_id: UUID, objection: str) -> bool:
    """Write down that the renter objects; False when the claim does not wait for an answer any more."""
    check_move(ClaimStatus.ASKED, ClaimStatus.OBJECTED)
    done = await db.fetchval(
        """
        update deposit_claims set status = 'objected', objection = $2, answered_at = (select exodrive_private.now())
        where id = $1 and status = 'asked' returning true""",
        claim_id,
        objection,
    )
    return done is not None


async def accept(db: Db, claim_id: UUID, answer: Answer) -> bool:
    """Let a claim be taken, by its renter's word or silence; False when it does not wait for an answer any more."""
    check_move(ClaimStatus.ASKED, ClaimStatus.ACCEPTED)
    done = await db.fetchval(
        """
        update deposit_claims set status = 'accepted', answer = $2, answered_at = (select exodrive_private.now())
        where id = $1 and status = 'asked' returning true""",
        claim_id,
        answer,
    )
    return done is not None


async def uphold(db: Db, claim_id: UUID, reason: str) -> bool:
    """Let a claim be taken although its renter objected, and keep why; False when it is no longer objected to."""
    check_move(ClaimStatus.OBJECTED, ClaimStatus.ACCEPTED)
    done = await db.fetchval(
        """
        update deposit_claims set status = 'accepted', answer = 'upheld', reason = $2
        where id = $1 and status = 'objected' returning true""",
        claim_id,
        reason,
    )
    return done is not None


async def take(db: Db, claim_id: UUID) -> bool:
    """Say that PayPal is asked for a claim; False when it is not to be taken."""
    check_move(ClaimStatus.ACCEPTED, ClaimStatus.TAKING)
    done = await db.fetchval("update deposit_claims set status = 'taking' where id = $1 and status = 'accepted' returning true", claim_id)
    return done is not None


async def end(db: Db, claim_id: UUID, old: ClaimStatus, new: ClaimStatus, reason: str | None = None) -> bool:
    """End a claim from the state it was seen in; False when it is no longer in it."""
    check_move(old, new)
    done = await db.fetchval(
        """
        update deposit_claims set status = $3, ended_at = (select exodrive_private.now()), reason = coalesce($4, reason)
        where id = $1 and status = $2 returning true""",
        claim_id,
        old,
        new,
        reason,
    )
    return done is not None


async def repay(db: Db, claim_id: UUID, amount: Decimal) -> None:
    """Say that some of what was taken for a claim went back."""
    await db.execute("update deposit_claims set repaid = repaid + $2 where id = $1", claim_id, amount)


async def due(db: Db, margin: timedelta, limit: int) -> list[Claim]:
    """Return claims that want something by the clock: not answered in time, not taken yet, or objected to near the end of their hold."""
    rows = await db.fetch(
        f"""{_CLAIM} join deposit_holds h on h.id = k.hold_id
        where k.status = 'asked' and k.answer_by <= (select exodrive_private.now())
           or k.status = 'accepted'
           or k.status = 'objected' and h.covered_until - $1::interval <= (select exodrive_private.now())
        order by k.answer_by, k.id limit $2""",
        margin,
        limit,
    )
    return [claim_of(row) for row in rows]
