"""All SQL of the money's book: intents and results are only ever added to; the summary beside it follows them."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, OperationId, new_id
from exodrive.kit.money import Money
from exodrive.payments.model import End, Kind, Latest, Operation, Result

_OPERATION = """
    select o.id, o.booking_id, o.kind, o.attempt, o.request_id, o.amount, o.currency, o.target_id, o.reason, o.created_at,
           o.change_id, o.request, o.hold_id, o.instalment_id
    from payment_operations o"""
_LATEST = """
    select o.id, o.target_id, o.created_at, r.outcome, r.provider_id, r.issue from payment_operations o
    left join lateral (
        select outcome, provider_id, issue from payment_results where operation_id = o.id order by id desc limit 1) r on true"""


async def intend(
    db: Db,
    booking_id: BookingId,
    kind: Kind,
    money: Money,
    *,
    target_id: str | None = None,
    reason: str | None = None,
    change_id: UUID | None = None,
    request: Mapping[str, Any] | None = None,
    hold_id: UUID | None = None,
    instalment_id: UUID | None = None,
) -> OperationId:
    """Write an intent with its attempt and request id, before PayPal is asked.

    ``change_id`` names the change of a booking it is for, ``hold_id`` the hold of its deposit, ``instalment_id`` the rest of its price,
    ``request`` is what else decides the words PayPal is asked with. The caller holds the car's lock.
    """
    operation_id = OperationId(new_id())
    asked = (f"{kind}-{operation_id}", money.amount, money.currency, target_id, reason, change_id, request or {}, hold_id, instalment_id)
    await db.execute(
        """
        insert into payment_operations
            (id, booking_id, kind, attempt, request_id, amount, currency, target_id, reason, change_id, request, hold_id,
             instalment_id)
        select $1, $2, $3, coalesce(max(attempt), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12
        from payment_operations where booking_id = $2 and kind = $3""",
        *(operation_id, booking_id, kind, *asked),
    )
    return operation_id


async def operation(db: Db, operation_id: OperationId) -> Operation | None:
    """Return an intent."""
    row = await db.fetchrow(f"{_OPERATION} where o.id = $1", operation_id)
    return Operation(row[0], row[1], Kind(row[2]), *row[3:]) if row else None


async def open_operation(db: Db, booking_id: BookingId, *kinds: Kind) -> Operation | None:
    """Return the intent of a booking, not of a change or its rest, that has no final result yet: one of a kind at most, refunds apart."""
    row = await db.fetchrow(
        f"""{_OPERATION} where o.booking_id = $1 and o.kind = any($2::text[])
        and (o.change_id is null and o.instalment_id is null or o.kind = 'refund')
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)
        order by o.attempt desc limit 1""",
        booking_id,
        list(kinds),
    )
    return Operation(row[0], row[1], Kind(row[2]), *row[3:]) if row else None


async def open_for_change(db: Db, change_id: UUID, kind: Kind) -> Operation | None:
    """Return the intent for a change of a booking that has no final result yet: there is one of a kind at most, refunds apart."""
    row = await db.fetchrow(
        f"""{_OPERATION} where o.change_id = $1 and o.kind = $2
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)
        order by o.attempt desc limit 1""",
        change_id,
        kind,
    )
    return Operation(row[0], row[1], Kind(row[2]), *row[3:]) if row else None


async def open_for_instalment(db: Db, instalment_id: UUID, kind: Kind) -> Operation | None:
    """Return the newest intent for the rest of a price that has no final result yet."""
    row = await db.fetchrow(
        f"""{_OPERATION} where o.instalment_id = $1 and o.kind = $2
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)
        order by o.attempt desc limit 1""",
        instalment_id,
        kind,
    )
    return Operation(row[0], row[1], Kind(row[2]), *row[3:]) if row else None


async def record(db: Db, operation_id: OperationId, result: Result) -> bool:
    """Add what PayPal answered; False when the intent has its final result already, which then stands.

    Money that moved is promised its receipt or credit note with it. The caller holds the car's lock.
    """
    kind = await db.fetchval(
        """
        select o.kind from payment_operations o where o.id = $1
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)""",
        operation_id,
    )
    if kind is None:
        return False
    money = (result.money.amount, result.money.currency) if result.money else (None, None)
    answer = (result.provider_id, result.provider_status, *money, result.issue, result.debug_id, result.details)
    await db.execute(
        """
        insert into payment_results (operation_id, outcome, provider_id, provider_status, amount, currency, issue, debug_id, details)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        operation_id,
        result.end,
        *answer,
    )
    if result.end is End.SUCCEEDED and kind in (Kind.CAPTURE, Kind.REFUND, Kind.CLAIM, Kind.REPAY):
        await outbox.enqueue(db, "receipts.issue", operation_id=operation_id)
    return True


async def latest(db: Db, operation_id: OperationId) -> Latest | None:
    """Return an intent with its newest result."""
    row = await db.fetchrow(f"{_LATEST} where o.id = $1", operation_id)
    return _latest(row) if row else None


async def last_asked(db: Db, booking_id: BookingId, *kinds: Kind) -> Latest | None:
    """Return the newest intent of these kinds of a booking, not of a change or its rest, with its newest result; None when nothing was
    asked."""
    row = await db.fetchrow(
        f"""{_LATEST} where o.booking_id = $1 and o.kind = any($2::text[]) and o.change_id is null and o.instalment_id is null
        order by o.created_at desc, o.attempt desc limit 1""",
        booking_id,
        list(kinds),
    )
    return _latest(row) if row else None


async def last_for_change(db: Db, change_id: UUID, kind: Kind) -> Latest | None:
    """Return the newest intent of a kind for a change of a booking, with its newest result; None when nothing was asked."""
    row = await db.fetchrow(f"{_LATEST} where o.change_id = $1 and o.kind = $2 order by o.attempt desc limit 1", change_id, kind)
    return _latest(row) if row else None


async def last_for_instalment(db: Db, instalment_id: UUID, kind: Kind) -> Latest | None:
    """Return the newest intent of a kind for the rest of a price, with its newest result; None when nothing was asked."""
    row = await db.fetchrow(f"{_LATEST} where o.instalment_id = $1 and o.kind = $2 order by o.attempt desc limit 1", instalment_id, kind)
    return _latest(row) if row else None


def _latest(row: Any) -> Latest:
    return Latest(row[0], row[1], row[2], End(row[3]) if row[3] else None, *row[4:])


async def refundable(db: Db, booking_id: BookingId) -> list[tuple[str, Decimal]]:
    """Return the captures of a booking that are not given back or promised back in full, and what is left of each, the newest first."""
    rows = await db.fetch(
        """
        select taken.id, taken.amount - coalesce(back.amount, 0) from (
            select r.provider_id as id, o.amount, o.attempt from payment_operations o join payment_results r on r.operation_id = o.id
            where o.booking_id = $1 and o.kind = 'capture' and r.outcome = 'succeeded') taken
        left join lateral (
            select sum(o.amount) as amount from payment_operations o
            where o.booking_id = $1 and o.kind = 'refund' and o.target_id = taken.id and not exists (
                select from payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded')) back on true
        where taken.amount > coalesce(back.amount, 0) order by taken.attempt desc""",
        booking_id,
    )
    return [(capture_id, left) for capture_id, left in rows]


async def unsettled(db: Db, young: timedelta, slowest: timedelta, limit: int) -> list[OperationId]:
    """Return intents without a final result that are due to be looked at again, those first that were looked at longest ago.

    Each is left alone while it is ``young``: whoever wrote it is at work. Then it is looked at ever more slowly, a quarter of its age
    after the last look, at the ``slowest`` pace in the end.
    """
    rows = await db.fetch(
        """
        select id from (
            select o.id, o.created_at, coalesce(look.at, o.created_at) as at from payment_operations o
            left join lateral (select max(r.created_at) as at, bool_or(r.is_final) as ended from payment_results r
                               where r.operation_id = o.id) look on true
            where look.ended is not true
              and coalesce(look.at, o.created_at) <= (select exodrive_private.now())
                  - greatest($1, least($2, (coalesce(look.at, o.created_at) - o.created_at) / 4))
            order by o.created_at limit 20 * $3::integer) due  -- along an index: few are ever open, of very many
        order by at, created_at limit $3""",
        young,
        slowest,
        limit,
    )
    return [OperationId(row[0]) for row in rows]


async def promised_back(db: Db, booking_id: BookingId) -> Decimal:
    """Return how much of a booking's money was given back or is promised back: all refunds that have not failed."""
    amount: Decimal = await db.fetchval(
        """
        select coalesce(sum(o.amount), 0) from payment_operations o where o.booking_id = $1 and o.kind = 'refund'
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final and r.outcome <> 'succeeded')""",
        booking_id,
    )
    return amount
