"""All SQL of invoices by themselves. Who writes holds the lock of the booking's car."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from exodrive.gateways.paypal.invoicing import InvoiceStatus
from exodrive.invoices.model import Invoice, Item
from exodrive.invoices.states import Wanted, check_move
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId

# By name, in the order of the struct.
_INVOICE = """
    select i.id, i.booking_id, i.number, i.wanted, i.status, i.paypal_invoice_id, i.line_items, i.total_amount, i.tax_amount, i.amount_due,
           i.amount_paid, i.amount_refunded, i.currency_code, i.due_date, i.invoice_url, i.note_to_recipient, i.terms_and_conditions,
           octet_length(i.picture), i.problem, i.asked_at, i.told_at, i.looked_at, i.created_at, i.sent_at, i.ended_at
    from paypal_invoices i"""
LEASE = timedelta(seconds=90)  # longer than any call: after it whoever was at an invoice is dead


class New(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice to be written; ``charges`` are the ids of what it asks for, with how much of each is open."""

    id: UUID
    booking_id: BookingId
    number: str
    items: tuple[Item, ...]
    total: Decimal
    tax: Decimal
    currency: str
    due_date: date
    note: str
    terms: str
    charges: tuple[tuple[UUID, Decimal], ...]


def invoice_of(columns: Iterable[Any]) -> Invoice:
    """Build an invoice from its columns in the order of the struct."""
    named = dict(zip(Invoice.__struct_fields__, columns, strict=True))
    status = InvoiceStatus(named["status"]) if named["status"] else None
    items = msgspec.convert(named["items"], tuple[Item, ...], strict=False)
    return Invoice(**(named | {"wanted": Wanted(named["wanted"]), "status": status, "items": items}))


async def add(db: Db, new: New, staff_id: UUID) -> None:
    """Write an invoice that PayPal is to be asked for, and that it asks for these charges."""
    await db.execute(
        """
        insert into paypal_invoices (id, booking_id, number, line_items, total_amount, tax_amount, amount_due, currency_code, due_date,
                                     note_to_recipient, terms_and_conditions, created_by)
        values ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9, $10, $11)""",
        new.id,
        new.booking_id,
        new.number,
        msgspec.to_builtins(new.items),
        new.total,
        new.tax,
        new.currency,
        new.due_date,
        new.note,
        new.terms,
        staff_id,
    )
    await db.executemany(
        "insert into paypal_invoice_charges (invoice_id, charge_id, amount) values ($1, $2, $3)",
        [(new.id, charge_id, amount) for charge_id, amount in new.charges],
    )


async def find(db: Db, invoice_id: UUID) -> Invoice | None:
    """Return an invoice."""
    row = await db.fetchrow(f"{_INVOICE} where i.id = $1", invoice_id)
    return invoice_of(row) if row else None


async def of_booking(db: Db, booking_id: BookingId) -> list[Invoice]:
    """Return all invoices of a booking, in the order they were written."""
    return [invoice_of(row) for row in await db.fetch(f"{_INVOICE} where i.booking_id = $1 order by i.created_at, i.number", booking_id)]


async def of_number(db: Db, booking_id: BookingId, number: str) -> Invoice | None:
    """Return an invoice of a booking by our number."""
    row = await db.fetchrow(f"{_INVOICE} where i.booking_id = $1 and i.number = $2", booking_id, number)
    return invoice_of(row) if row else None


async def picture(db: Db, reference: str, number: str) -> bytes:
    """Return the code of an invoice's page as a PNG, if the caller may see it; empty where there is none."""
    query = "select i.picture from paypal_invoices i join bookings b on b.id = i.booking_id where b.reference = $1 and i.number = $2"
    found: bytes | None = await db.fetchval(query, reference, number)
    return found or b""


async def want(db: Db, invoice: Invoice, wanted: Wanted) -> None:
    """Say what is wanted of an invoice from now on; a problem that it had is tried once more."""
    check_move(invoice.wanted, wanted)
    await db.execute("update paypal_invoices set wanted = $2, problem = null where id = $1", invoice.id, wanted)


async def try_again(db: Db, invoice_id: UUID) -> None:
    """Forget why an invoice did not go on: it is read, and tried once more."""
    await db.execute("update paypal_invoices set problem = null, told_at = (select exodrive_private.now()) where id = $1", invoice_id)


async def drop(db: Db, invoice_id: UUID) -> None:
    """End an invoice that PayPal was never asked for."""
    await db.execute(
        """update paypal_invoices set wanted = 'void', problem = null, ended_at = (select exodrive_private.now())
           where id = $1 and asked_at is null""",
        invoice_id,
    )


async def free(db: Db, invoice_id: UUID) -> list[UUID]:
    """Let the charges of an invoice be asked for by another; return them."""
    rows = await db.fetch(
        """update paypal_invoice_charges set freed_at = (select exodrive_private.now()) where invoice_id = $1 and freed_at is null
           returning charge_id""",
        invoice_id,
    )
    return [row[0] for row in rows]


async def charges_of(db: Db, invoice_id: UUID) -> list[UUID]:
    """Return the charges that an invoice asks for."""
    rows = await db.fetch("select charge_id from paypal_invoice_charges where invoice_id = $1 and freed_at is null", invoice_id)
    return [row[0] for row in rows]


async def take(db: Db, invoice_id: UUID, *, asks: bool) -> bool:
    """Keep everybody else from an invoice for a while; False when somebody is at it. ``asks`` where PayPal is asked to make it."""
    done = await db.fetchval(
        """
        update paypal_invoices set taken_until = (select exodrive_private.now()) + $2::interval,
               asked_at = case when $3 then (select exodrive_private.now()) else asked_at end
        where id = $1 and (taken_until is null or taken_until < (select exodrive_private.now())) returning true""",
        invoice_id,
        LEASE,
        asks,
    )
    return done is not None


async def let_go(db: Db, invoice_id: UUID) -> None:
    """Let others come to an invoice again."""
    await db.execute("update paypal_invoices set taken_until = null where id = $1", invoice_id)


async def save(db: Db, invoice: Invoice) -> None:
    """Keep what PayPal told of an invoice, and what has come of it."""
    await db.execute(
        """
        update paypal_invoices
        set wanted = $2, status = $3, paypal_invoice_id = $4, amount_due = $5, amount_paid = $6, amount_refunded = $7, invoice_url = $8,
            problem = $9, looked_at = $10, sent_at = $11, ended_at = $12
        where id = $1""",
        invoice.id,
        invoice.wanted,
        invoice.status,
        invoice.paypal_invoice_id,
        invoice.due,
        invoice.paid,
        invoice.refunded,
        invoice.url,
        invoice.problem,
        invoice.looked_at,
        invoice.sent_at,
        invoice.ended_at,
    )


async def keep_picture(db: Db, invoice_id: UUID, png: bytes) -> None:
    """Keep the code of an invoice's page; empty where PayPal gives none."""
    await db.execute("update paypal_invoices set picture = $2 where id = $1", invoice_id, png)


async def told(db: Db, invoice_id: UUID) -> None:
    """Remember that a notice named an invoice: it is to be read."""
    await db.execute("update paypal_invoices set told_at = (select exodrive_private.now()) where id = $1", invoice_id)


async def named(db: Db, names: Iterable[str]) -> UUID | None:
    """Return the invoice that one of these names: PayPal's id, or our number."""
    found: UUID | None = await db.fetchval(
        "select i.id from paypal_invoices i where i.paypal_invoice_id = any($1::text[]) or i.number = any($1::text[]) limit 1", list(names)
    )
    return found


async def due(db: Db, open_since: datetime, ended_since: datetime, limit: int) -> list[UUID]:
    """Return invoices that want something: what is asked for and not done, and what was not read since a moment, which for those that have
    ended is another one.
    """
    rows = await db.fetch(
        """
        select found.id from (
            select i.id, i.looked_at from paypal_invoices i
            where i.ended_at is null and (i.looked_at < $1 or i.problem is null and (
                  i.paypal_invoice_id is null or i.told_at > i.looked_at or i.wanted = 'void' or i.wanted = 'sent' and i.status = 'DRAFT'))
            union select i.id, i.looked_at from paypal_invoices i
            where i.ended_at > (select exodrive_private.now()) - interval '200 days' and i.looked_at < $2
              and i.paypal_invoice_id is not null
            union select i.id, i.looked_at from paypal_invoice_requests r join paypal_invoices i on i.id = r.invoice_id
            where r.status = 'asked') found
        order by found.looked_at limit $3""",
        open_since,
        ended_since,
        limit,
    )
    return [row[0] for row in rows]
