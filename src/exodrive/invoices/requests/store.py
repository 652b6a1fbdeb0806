"""All SQL of requests about invoices. Who writes holds the lock of the booking's car."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from exodrive.gateways.paypal.invoicing import Method
from exodrive.invoices.model import Request
from exodrive.invoices.states import RequestKind, RequestStatus
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id
from exodrive.kit.money import Money

# By name, in the order of the struct.
_REQUEST = """
    select r.id, r.invoice_id, r.kind, r.status, r.amount, r.method, r.paid_on, r.issue, r.created_at from paypal_invoice_requests r"""


def request_of(columns: Iterable[Any]) -> Request:
    """Build a request from its columns in the order of the struct."""
    named = dict(zip(Request.__struct_fields__, columns, strict=True))
    method = Method(named["method"]) if named["method"] else None
    return Request(**(named | {"kind": RequestKind(named["kind"]), "status": RequestStatus(named["status"]), "method": method}))


async def remind(db: Db, invoice_id: UUID, staff_id: UUID) -> UUID:
    """Write that a renter is reminded; the letter is promised in the same breath."""
    request_id = new_id()
    await db.execute(
        """
        insert into paypal_invoice_requests (id, invoice_id, kind, status, staff_id, ended_at)
        values ($1, $2, 'reminder', 'done', $3, (select exodrive_private.now()))""",
        request_id,
        invoice_id,
        staff_id,
    )
    return request_id


async def reminders_today(db: Db, invoice_id: UUID) -> int:
    """Return how many reminders were promised in the last 24 hours."""
    number: int = await db.fetchval(
        """
        select count(*) from paypal_invoice_requests r where r.invoice_id = $1 and r.kind = 'reminder'
        and r.created_at > (select exodrive_private.now()) - interval '1 day'""",
        invoice_id,
    )
    return number


async def note(db: Db, invoice_id: UUID, money: Money, method: Method, paid_on: date, staff_id: UUID) -> UUID:
    """Write that a payment which came another way is to be noted at PayPal; its id is the mark it is found by there."""
    request_id = new_id()
    await db.execute(
        """
        insert into paypal_invoice_requests (id, invoice_id, kind, status, amount, method, paid_on, staff_id)
        values ($1, $2, 'payment', 'asked', $3, $4, $5, $6)""",
        request_id,
        invoice_id,
        money.amount,
        method,
        paid_on,
        staff_id,
    )
    return request_id


async def asked(db: Db, invoice_id: UUID) -> list[Request]:
    """Return the payments of an invoice that are still to be noted, the oldest first."""
    rows = await db.fetch(f"{_REQUEST} where r.invoice_id = $1 and r.status = 'asked' order by r.created_at, r.id", invoice_id)
    return [request_of(row) for row in rows]


async def of_booking(db: Db, booking_id: BookingId) -> list[Request]:
    """Return all that staff asked about the invoices of a booking, in order."""
    rows = await db.fetch(
        f"{_REQUEST} join paypal_invoices i on i.id = r.invoice_id where i.booking_id = $1 order by r.created_at, r.id", booking_id
    )
    return [request_of(row) for row in rows]


async def done(db: Db, request_id: UUID) -> None:
    """Keep that a payment is noted at PayPal."""
    await db.execute(
        "update paypal_invoice_requests set status = 'done', ended_at = (select exodrive_private.now()) where id = $1 and status = 'asked'",
        request_id,
    )


async def refuse(db: Db, request_id: UUID, issue: str) -> None:
    """Keep that PayPal does not note a payment, and why."""
    await db.execute(
        """
        update paypal_invoice_requests set status = 'refused', issue = $2, ended_at = (select exodrive_private.now())
        where id = $1 and status = 'asked'""",
        request_id,
        issue,
    )
