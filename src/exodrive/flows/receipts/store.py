"""The SQL of papers that crosses slices: the money that moved, what it paid, money without its paper, and who a paper is sent to."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.charges.store import CHARGE, charge_of
from exodrive.flows.receipts.model import Addressee, Debt, Facts, Owed
from exodrive.kit.db import Db
from exodrive.kit.ids import OperationId

_BOOKED = """b.id, b.reference, b.contact_first_name, b.contact_last_name, b.contact_email, c.name, b.start_date, b.end_date, b.locale,
             b.price_snapshot"""
# What PayPal tells of an invoice and no paper says yet.
_OPEN = """
    cross join lateral (values
        ('paid', i.amount_paid - coalesce((
            select sum(r.amount) from receipts r where r.invoice_id = i.id and r.kind = 'receipt'), 0)),
        ('refunded', i.amount_refunded - coalesce((
            select sum(r.amount) from receipts r where r.invoice_id = i.id and r.kind = 'credit_note'), 0))) moved (kind, amount)"""


async def facts(db: Db, operation_id: OperationId) -> Facts | None:
    """Return the money that an operation moved; None when it moved none."""
    row = await db.fetchrow(
        f"""
        select o.id, o.kind, o.amount, o.currency, r.created_at, r.provider_id, {_BOOKED},
               coalesce((select i.amount from booking_instalments i where i.booking_id = b.id and i.status = 'waived'), 0), o.hold_id
        from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
        join bookings b on b.id = o.booking_id join cars c on c.id = b.car_id
        where o.id = $1 and o.kind in ('capture', 'refund', 'claim', 'repay')""",  # noqa: S608
        operation_id,
    )
    return Facts(*row) if row else None


async def facts_of_invoice(db: Db, invoice_id: UUID) -> list[Facts]:
    """Return the money of an invoice that no paper was issued for yet: what was paid, then what went back."""
    rows = await db.fetch(
        f"""
        select null, moved.kind, moved.amount, i.currency_code, i.looked_at, null, {_BOOKED}, 0::numeric, null, i.id, i.number
        from paypal_invoices i {_OPEN} join bookings b on b.id = i.booking_id join cars c on c.id = b.car_id
        where i.id = $1 and moved.amount > 0 order by moved.kind""",  # noqa: S608
        invoice_id,
    )
    return [Facts(*row) for row in rows]


async def debt_of_claim(db: Db, hold_id: UUID) -> Debt:
    """Return what the claim asked for that was taken out of a hold."""
    rows = await db.fetch(
        f"""
        select {CHARGE}, g.total, k.asked from deposit_claims k join booking_charges g on g.claim_id = k.id
        where k.hold_id = $1 and k.status = 'settled' order by g.number""",  # noqa: S608
        hold_id,
    )
    owed = _owed([row[:-1] for row in rows])
    return Debt(owed, sum((one.amount for one in owed), Decimal(0)) - rows[0][-1]) if rows else Debt(())


async def debt_of_invoice(db: Db, invoice_id: UUID) -> Debt:
    """Return what an invoice asked for, also of charges that are free of it again."""
    rows = await db.fetch(
        f"""
        select {CHARGE}, x.amount from paypal_invoice_charges x join booking_charges g on g.id = x.charge_id
        where x.invoice_id = $1 order by g.number""",  # noqa: S608
        invoice_id,
    )
    return Debt(_owed(rows))


def _owed(rows: list[Any]) -> tuple[Owed, ...]:
    return tuple(Owed(charge_of(tuple(row)[:-1]), row[-1]) for row in rows)


async def without_paper(db: Db, limit: int) -> list[OperationId]:
    """Return operations that moved money and have no paper, oldest first."""
    rows = await db.fetch(
        """
        select o.id from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
        left join receipts p on p.operation_id = o.id
        where o.kind in ('capture', 'refund', 'claim', 'repay') and o.amount > 0 and p.id is null
        order by r.created_at, r.id limit $1""",
        limit,
    )
    return [OperationId(row[0]) for row in rows]


async def invoices_without_paper(db: Db, limit: int) -> list[UUID]:
    """Return invoices of which money moved that no paper was issued for, oldest first."""
    rows = await db.fetch(
        f"""
        select i.id from paypal_invoices i {_OPEN} where i.amount_paid > 0 and moved.amount > 0
        group by i.id, i.created_at order by i.created_at, i.id limit $1""",  # noqa: S608
        limit,
    )
    return [row[0] for row in rows]


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
