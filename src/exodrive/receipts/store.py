"""All SQL of receipts: they are issued and read, and nothing else is ever done to them."""

from typing import Any
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, OperationId
from exodrive.receipts.model import Content, Listed, NewReceipt, Purpose, Receipt, ReceiptKind

_RECEIPT = "select r.kind, r.code, r.amount, r.currency, r.language, r.content, r.issued_at, r.issued_on from receipts r"


async def keep_others_away(db: Db, booking_id: BookingId) -> None:
    """Let nobody else issue a paper for a booking until the transaction ends; what stands in one depends on those before."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('receipts of ' || $1::text, 0))", str(booking_id))


async def of_booking(
    db: Db, booking_id: BookingId, kind: ReceiptKind, purpose: Purpose = Purpose.RENTAL, invoice_id: UUID | None = None
) -> list[Receipt]:
    """Return a booking's papers of a kind about one thing (the rental, the claim, one invoice), oldest first."""
    rows = await db.fetch(
        f"""{_RECEIPT} where r.booking_id = $1 and r.kind = $2 and r.purpose = $3 and r.invoice_id is not distinct from $4
        order by r.issued_at, r.code""",
        booking_id,
        kind,
        purpose,
        invoice_id,
    )
    return [_receipt(row) for row in rows]


async def is_issued(db: Db, operation_id: OperationId) -> bool:
    """Tell whether an operation's paper was issued. Ask behind ``keep_others_away``."""
    return await db.fetchval("select true from receipts where operation_id = $1", operation_id) is not None


async def issue(db: Db, new: NewReceipt) -> None:
    """Issue a paper: the database gives it the next number of its kind and year, and takes it back if this transaction fails.

    Raises asyncpg's UniqueViolationError when the operation has its paper, CheckViolationError when no such money moved.
    """
    await db.execute(
        """
        insert into receipts (id, kind, purpose, booking_id, operation_id, invoice_id, amount, currency, language, content, time_zone)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        new.id,
        new.kind,
        new.purpose,
        new.booking_id,
        new.operation_id,
        new.invoice_id,
        new.amount,
        new.currency,
        new.language,
        msgspec.to_builtins(new.content),
        new.time_zone,
    )


async def find(db: Db, receipt_id: UUID) -> Receipt | None:
    """Return a paper."""
    row = await db.fetchrow(f"{_RECEIPT} where r.id = $1", receipt_id)
    return _receipt(row) if row else None


async def listed(db: Db, booking_id: UUID) -> list[Listed]:
    """Return a booking's papers, oldest first, as far as the caller may see them."""
    rows = await db.fetch(
        """
        select r.kind, r.code, r.content ->> 'title', r.amount, r.currency, r.issued_on from receipts r
        where r.booking_id = $1 order by r.issued_at, r.code""",
        booking_id,
    )
    return [listed_of(row) for row in rows]


def listed_of(row: Any) -> Listed:
    """Return a paper in a list from its columns: kind, code, title, amount, currency, day of issue."""
    return Listed(ReceiptKind(row[0]), *row[1:])


async def by_code(db: Db, reference: str, code: str) -> Receipt | None:
    """Return a booking's paper by its number, if the caller may see it."""
    row = await db.fetchrow(f"{_RECEIPT} join bookings b on b.id = r.booking_id where b.reference = $1 and r.code = $2", reference, code)
    return _receipt(row) if row else None


def _receipt(row: Any) -> Receipt:
    kind, code, amount, currency, language, content, issued_at, issued_on = row
    return Receipt(
        kind=ReceiptKind(kind),
        code=code,
        amount=amount,
        currency=currency,
        language=language,
        content=msgspec.convert(content, Content),
        issued_at=issued_at,
        issued_on=issued_on,
    )
