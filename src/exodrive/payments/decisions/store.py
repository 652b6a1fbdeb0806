"""All SQL of decisions about intents in doubt."""

from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, OperationId, new_id
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.decisions.model import Decision, Doubt, Made


async def doubt(db: Db, operation_id: OperationId) -> Doubt | None:
    """Return an intent whose end is not known with what PayPal showed of it; None for one that has ended, or that is not there."""
    operation = await payments.operation(db, operation_id)
    latest = await payments.latest(db, operation_id)
    if operation is None or latest is None or not latest.is_open:
        return None
    row = await db.fetchrow(
        """
        select provider_id, provider_status, amount, currency from payment_results
        where operation_id = $1 and provider_status is not null order by id desc limit 1""",
        operation_id,
    )
    seen, status, *sum_of = row or (None, None, None, None)
    money = Money(*sum_of) if sum_of[0] is not None else None
    return Doubt(operation=operation, end=latest.end, issue=latest.issue, seen=seen, status=status, money=money)


async def doubts(db: Db, booking_id: BookingId) -> list[Doubt]:
    """Return all of a booking's, the oldest first."""
    rows = await db.fetch(
        """
        select o.id from payment_operations o
        where o.booking_id = $1 and (o.kind in ('capture', 'refund', 'claim', 'repay') or o.kind = 'hold' and o.request ? 'deposit')
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final) order by o.created_at, o.id""",
        booking_id,
    )
    found = [await doubt(db, OperationId(row[0])) for row in rows]
    return [one for one in found if one]


async def decide(db: Db, operation_id: OperationId, decision: Decision, reason: str, staff_id: UUID) -> None:
    """Keep what somebody decided."""
    await db.execute(
        "insert into payment_decisions (id, operation_id, decision, reason, decided_by) values ($1, $2, $3, $4, $5)",
        new_id(),
        operation_id,
        decision,
        reason,
        staff_id,
    )


async def newest(db: Db, operation_id: OperationId) -> Made | None:
    """Return what was decided last about an intent."""
    row = await db.fetchrow(
        """
        select d.operation_id, d.decision, d.reason, d.decided_by, s.name from payment_decisions d join staff s on s.id = d.decided_by
        where d.operation_id = $1 order by d.created_at desc, d.id desc limit 1""",
        operation_id,
    )
    return Made(OperationId(row[0]), Decision(row[1]), *row[2:]) if row else None
