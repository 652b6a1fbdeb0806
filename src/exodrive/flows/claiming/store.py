"""The SQL of claims that crosses slices: by which capture one was taken, what of it is on its way back, and what has gone."""

from decimal import Decimal
from uuid import UUID

from exodrive.deposits.claims.model import Claim
from exodrive.kit.db import Db
from exodrive.kit.ids import OperationId


async def taken_by(db: Db, claim: Claim) -> tuple[str, str | None] | None:
    """Return the capture at PayPal that took a claim, and whom it paid; None while nothing was taken."""
    row = await db.fetchrow(
        """
        select r.provider_id, o.request ->> 'payee' from payment_operations o join payment_results r on r.operation_id = o.id
        where o.hold_id = $1 and o.kind = 'claim' and r.outcome = 'succeeded'""",
        claim.hold_id,
    )
    return (row[0], row[1]) if row else None


async def claim_taken_by(db: Db, capture_id: str) -> tuple[UUID, UUID] | None:
    """Return the claim that a capture at PayPal took, and its hold."""
    row = await db.fetchrow(
        """
        select c.id, c.hold_id from payment_results r
        join payment_operations o on o.id = r.operation_id and o.kind = 'claim'
        join deposit_claims c on c.hold_id = o.hold_id and c.status = 'settled'
        where r.provider_id = $1 and r.outcome = 'succeeded'""",
        capture_id,
    )
    return (row[0], row[1]) if row else None


async def repaid_by(db: Db, operation_id: OperationId) -> tuple[UUID, Decimal, str] | None:
    """Return whose claim some money went back of, how much, and why as staff said it; None when nothing went back."""
    row = await db.fetchrow(
        """
        select c.id, o.amount, case o.origin when 'ours' then o.reason else '' end
        from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
        join deposit_claims c on c.hold_id = o.hold_id and c.status = 'settled'
        where o.id = $1 and o.kind = 'repay'""",
        operation_id,
    )
    return (row[0], row[1], row[2] or "") if row else None


async def left(db: Db, claim: Claim) -> Decimal:
    """Return what of a claim has not gone back and is not on its way."""
    gone: Decimal | None = await db.fetchval(
        """
        select sum(o.amount) from payment_operations o where o.hold_id = $1 and o.kind = 'repay'
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded')""",
        claim.hold_id,
    )
    return claim.amount - (gone or Decimal(0))
