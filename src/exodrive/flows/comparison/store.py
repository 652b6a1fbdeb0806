"""The SQL of the comparison: which bookings it looks at, what our book knows of them, and what was done at PayPal's own site."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.bookings.model import BookingStatus
from exodrive.deposits.states import HoldStatus
from exodrive.flows.comparison.model import Book, Held, Known
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, OperationId, new_id
from exodrive.kit.money import Money
from exodrive.payments.model import End, Kind, Origin


async def page(db: Db, since: datetime, after: UUID | None, limit: int) -> list[BookingId]:
    """Return the next bookings about whose money anything was asked or answered since a moment, or differs still."""
    rows = await db.fetch(
        """
        select booking_id from (
            select o.booking_id from payment_operations o where o.created_at >= $1
            union select o.booking_id from payment_results r join payment_operations o on o.id = r.operation_id where r.created_at >= $1
            union select d.booking_id from money_differences d where d.resolved_at is null and d.booking_id is not null) changed
        where $2::uuid is null or booking_id > $2 order by booking_id limit $3""",
        since,
        after,
        limit,
    )
    return [BookingId(row[0]) for row in rows]


_KNOWN = """
    select o.id, o.kind, o.attempt, o.origin, o.target_id, o.amount, o.currency, last.outcome, named.provider_id,
           named.merchant_id, greatest(o.created_at, last.created_at), o.request ? 'deposit'
    from payment_operations o
    left join lateral (select r.outcome, r.created_at from payment_results r where r.operation_id = o.id order by r.id desc limit 1)
        last on true
    left join lateral (select r.provider_id, r.details ->> 'merchant_id' as merchant_id from payment_results r
                       where r.operation_id = o.id and r.provider_id is not null order by r.id desc limit 1) named on true
    where o.booking_id = $1 order by o.created_at, o.id"""


async def book(db: Db, booking_id: BookingId) -> Book | None:
    """Return our book of a booking's money."""
    row = await db.fetchrow(
        """
        select b.reference, b.status, p.captured_amount, p.refunded_amount,
               array(select distinct d.object_id from money_differences d where d.booking_id = b.id and d.resolved_at is null),
               array(select row (h.authorization_id, h.status, h.covered_until) from deposit_holds h
                     where h.booking_id = b.id and h.authorization_id is not null), exodrive_private.now()
        from bookings b join payments p on p.booking_id = b.id where b.id = $1""",
        booking_id,
    )
    if row is None:
        return None
    known = tuple(map(_known, await db.fetch(_KNOWN, booking_id)))
    return Book(booking_id, row[0], BookingStatus(row[1]), row[2], row[3], known, frozenset(row[4]), _holds(row[5]), row[6])


def _holds(rows: Any) -> dict[str, Held]:
    return {hold_id: Held(HoldStatus(status), until) for hold_id, status, until in rows}


def _known(row: Any) -> Known:
    return Known(
        operation_id=OperationId(row[0]),
        kind=Kind(row[1]),
        attempt=row[2],
        origin=Origin(row[3]),
        target_id=row[4],
        amount=row[5],
        currency=row[6],
        end=End(row[7]) if row[7] else None,
        object_id=row[8],
        merchant_id=row[9],
        changed_at=row[10],
        is_joint=row[11],
    )


async def owners(db: Db, object_ids: Iterable[str]) -> Mapping[str, tuple[BookingId, datetime]]:
    """Return for PayPal's ids that our book knows the booking they belong to, and when we last learned anything of them."""
    rows = await db.fetch(
        """
        select r.provider_id, o.booking_id, max(r.created_at) from payment_results r join payment_operations o on o.id = r.operation_id
        where r.provider_id = any($1::text[]) group by r.provider_id, o.booking_id""",
        list(object_ids),
    )
    return {object_id: (BookingId(booking_id), at) for object_id, booking_id, at in rows}


async def bookings_named(db: Db, booking_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these ids that are bookings of ours."""
    return {row[0] for row in await db.fetch("select id from bookings where id = any($1::uuid[])", list(booking_ids))}


async def is_booked(db: Db, object_id: str) -> bool:
    """Tell whether our book has money that moved under this id of PayPal's."""
    return bool(
        await db.fetchval("select exists (select from payment_results r where r.provider_id = $1 and r.outcome = 'succeeded')", object_id)
    )


async def is_payment(db: Db, capture_id: str) -> bool:
    """Tell whether a capture of PayPal's paid for a rental by our book: one of a deposit is no money of the rental's."""
    return bool(
        await db.fetchval(
            """
            select exists (select from payment_results r join payment_operations o on o.id = r.operation_id
                           where r.provider_id = $1 and r.outcome = 'succeeded' and o.kind = 'capture')""",
            capture_id,
        )
    )


async def open_refunds(db: Db, booking_id: BookingId, kind: Kind) -> list[int]:
    """Return the attempts of a booking's refunds of a kind whose end is not known."""
    rows = await db.fetch(
        """
        select o.attempt from payment_operations o where o.booking_id = $1 and o.kind = $2
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)""",
        booking_id,
        kind,
    )
    return [row[0] for row in rows]


async def write(
    db: Db,
    booking_id: BookingId,
    kind: Kind,
    money: Money,
    *,
    target_id: str,
    reason: str,
    change_id: UUID | None = None,
    hold_id: UUID | None = None,
    instalment_id: UUID | None = None,
) -> OperationId:
    """Write what was done at PayPal's own site as an operation of its own. The caller holds the car's lock."""
    operation_id = OperationId(new_id())
    done = (f"{kind}-{operation_id}", money.amount, money.currency, target_id, reason, change_id, hold_id, instalment_id)
    await db.execute(
        """
        insert into payment_operations (id, booking_id, kind, attempt, request_id, amount, currency, target_id, reason, change_id, hold_id,
                                        instalment_id, origin)
        select $1, $2, $3, coalesce(max(attempt), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, 'external'
        from payment_operations where booking_id = $2 and kind = $3""",
        operation_id,
        booking_id,
        kind,
        *done,
    )
    return operation_id


async def came_besides(db: Db, booking_id: BookingId, capture_id: str, amount: Decimal) -> None:
    """Remember money that is ours and pays for nothing we asked for."""
    await db.execute(
        """
        update payments set captured_amount = captured_amount + $3, paypal_capture_id = coalesce(paypal_capture_id, $2),
               captured_at = coalesce(captured_at, (select exodrive_private.now())), updated_at = (select exodrive_private.now()),
               status = case when refunded_amount > 0 then 'partly_refunded' else 'captured' end
        where booking_id = $1""",
        booking_id,
        capture_id,
        amount,
    )
