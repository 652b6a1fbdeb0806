"""All SQL of seeding: rows as dictionaries, written table by table."""

from collections.abc import Sequence
from typing import Any

from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.pricing.rules import CarRules, House
from exodrive.pricing.store import rules_in_force

Row = dict[str, Any]
Table = tuple[str, list[Row]]


async def wait_for_turn(db: Db) -> None:
    """Let one seeding at a time pass; its own statement, so that the next sees what this one committed."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('exodrive seed', 0))")


async def has_cars(db: Db) -> bool:
    """Tell whether there is any car."""
    return bool(await db.fetchval("select exists (select from cars)"))


async def insert(db: Db, table: str, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    columns = list(rows[0])
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    text = f"insert into {table} ({', '.join(columns)}) values ({places})"  # noqa: S608 - names of our own
    await db.executemany(text, [tuple(row[column] for column in columns) for row in rows])


async def rules(db: Db, car_id: CarId) -> tuple[CarRules, House]:
    """Return the price rules of a car just written, as the shop reads them."""
    found = await rules_in_force(db, car_id)
    if found is None:
        raise LookupError(f"car {car_id} was written without a price")
    return found


async def payments_made(db: Db) -> list[Row]:
    """Return every captured payment as PayPal has it in its own book: order, capture, and what was given back."""
    rows = await db.fetch(
        """
        select p.paypal_order_id as order_id, p.paypal_capture_id as capture_id, b.reference || '-' || o.attempt as invoice_id,
               b.id::text as custom_id, c.name as description, p.captured_amount as value, p.currency, p.created_at as ordered_at,
               p.captured_at, coalesce(back.refunds, '[]') as refunds
        from payments p join bookings b on b.id = p.booking_id join cars c on c.id = b.car_id
        join payment_operations o on o.booking_id = b.id and o.kind = 'create_order'
        join payment_results r on r.operation_id = o.id and r.provider_id = p.paypal_order_id and r.outcome = 'succeeded'
        left join lateral (
            select jsonb_agg(jsonb_build_object('id', done.provider_id, 'value', done.amount::text, 'at', done.created_at,
                                                'invoice_id', b.reference || '-R' || given.attempt) order by done.created_at) as refunds
            from payment_operations given join payment_results done on done.operation_id = given.id and done.outcome = 'succeeded'
            where given.booking_id = b.id and given.kind = 'refund') back on true
        where p.paypal_capture_id is not null order by p.created_at"""
    )
    return [dict(row) for row in rows]
