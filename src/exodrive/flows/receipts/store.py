"""The SQL of papers that crosses slices: the money that moved, money without its paper, and who a paper is sent to."""

from uuid import UUID

from exodrive.flows.receipts.model import Addressee, Facts
from exodrive.kit.db import Db
from exodrive.kit.ids import OperationId


async def facts(db: Db, operation_id: OperationId) -> Facts | None:
    """Return the money that an operation moved; None when it moved none."""
    row = await db.fetchrow(
        """
        select o.id, o.kind, o.amount, o.currency, r.created_at, r.provider_id, b.id, b.reference, b.contact_first_name,
               b.contact_last_name, b.contact_email, c.name, b.start_date, b.end_date, b.locale, b.price_snapshot,
               coalesce((select i.amount from booking_instalments i where i.booking_id = b.id and i.status = 'waived'), 0)
        from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
        join bookings b on b.id = o.booking_id join cars c on c.id = b.car_id
        where o.id = $1 and o.kind in ('capture', 'refund')""",
        operation_id,
    )
    return Facts(*row) if row else None


async def without_paper(db: Db, limit: int) -> list[OperationId]:
    """Return operations that moved money and have no paper, oldest first."""
    rows = await db.fetch(
        """
        select o.id from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
        left join receipts p on p.operation_id = o.id
        where o.kind in ('capture', 'refund') and o.amount > 0 and p.id is null
        order by r.created_at, r.id limit $1""",
        limit,
    )
    return [OperationId(row[0]) for row in rows]


async def addressee(db: Db, receipt_id: UUID) -> Addressee:
    """Return who gets a paper."""
    row = await db.fetchrow(
        """
        select b.id, b.reference, b.contact_first_name, b.contact_email, t.nonce, coalesce(t.link_hash, t.token_hash)
        from receipts p join bookings b on b.id = p.booking_id
        left join booking_secure_tokens t on t.booking_id = b.id and t.revoked_at is null
        where p.id = $1""",
        receipt_id,
    )
    assert row is not None, "a paper is never deleted, nor is its booking"
    return Addressee(*row)
