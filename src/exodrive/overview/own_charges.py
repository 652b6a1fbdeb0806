"""What the holder of a private link is asked for beside the rental: read as the holder, so only that booking, and nothing proposed."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.charges.model import Charge
from exodrive.charges.store import charge_of
from exodrive.deposits.claims.model import Claim
from exodrive.deposits.claims.store import claim_of
from exodrive.gateways.paypal.invoicing import InvoiceStatus
from exodrive.invoices.model import Item
from exodrive.kit.db import Db

# What staff know besides is none of the holder's: ids, who entered it, and when.
_CHARGES = """
    select b.id, g.number, g.kind, g.status, g.amount, g.fee, g.tax, g.total, g.currency, g.facts, g.reason, g.evidence, g.happened_at,
           g.due_at, g.due_at, g.ended_at, g.withdrawn_because, g.paid
    from bookings b join booking_charges g on g.booking_id = b.id where b.reference = $1 and g.due_at is not null order by g.number"""
_CLAIM = """
    select b.id, b.id, b.id, k.number, k.status, k.asked, k.amount, k.currency, k.answer_by, k.answer, k.objection, k.answered_at, k.reason,
           k.created_at, k.ended_at, k.repaid
    from bookings b join deposit_claims k on k.booking_id = b.id where b.reference = $1 order by k.number desc limit 1"""
_INVOICES = """
    select i.number, i.status, i.line_items, i.total_amount, i.tax_amount, i.amount_due, i.amount_paid, i.amount_refunded, i.currency_code,
           i.due_date, i.note_to_recipient, i.invoice_url, coalesce(octet_length(i.picture), 0) > 0, i.sent_at
    from bookings b join paypal_invoices i on i.booking_id = b.id where b.reference = $1 and i.sent_at is not null order by i.sent_at"""


class OwnInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as its renter may see it; ``url`` is PayPal's page, where it is paid."""

    number: str
    status: InvoiceStatus
    items: tuple[Item, ...]
    total: Decimal
    tax: Decimal
    due: Decimal
    paid: Decimal
    refunded: Decimal
    currency: str
    due_date: date
    note: str
    url: str | None
    has_picture: bool
    sent_at: datetime


class Owed(msgspec.Struct, frozen=True):
    """What a renter is asked for beside the rental, in the order it was, the newest claim on their deposit, and their invoices."""

    charges: tuple[Charge, ...] = ()
    claim: Claim | None = None
    invoices: tuple[OwnInvoice, ...] = ()


async def own_charges(db: Db, reference: str) -> Owed:
    """Return what a booking's holder is asked for beside the rental."""
    charges = tuple(charge_of(row) for row in await db.fetch(_CHARGES, reference))
    if not charges:
        return Owed()
    claim = await db.fetchrow(_CLAIM, reference)
    return Owed(charges, claim_of(claim) if claim else None, await own_invoices(db, reference))


async def own_invoices(db: Db, reference: str) -> tuple[OwnInvoice, ...]:
    """Return the invoices that a booking's holder was sent."""
    return tuple(map(_invoice, await db.fetch(_INVOICES, reference)))


def _invoice(row: Iterable[Any]) -> OwnInvoice:
    named = dict(zip(OwnInvoice.__struct_fields__, row, strict=True))
    items = msgspec.convert(named["items"], tuple[Item, ...], strict=False)
    return OwnInvoice(**(named | {"status": InvoiceStatus(named["status"]), "items": items}))
