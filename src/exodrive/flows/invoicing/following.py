"""Following what PayPal tells of an invoice: its state is kept, payment settles charges, its end frees them, what is odd is cried out."""

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import PAYPAL, SYSTEM, Actor
from exodrive.charges import store as charges
from exodrive.charges.states import ChargeStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Alarm
from exodrive.flows.checkout.model import Standing
from exodrive.gateways.paypal import invoicing as theirs
from exodrive.invoices import store as invoices
from exodrive.invoices.model import Invoice
from exodrive.invoices.requests import store as requests
from exodrive.invoices.states import ENDED, GONE, PAID, PAYABLE, UNSENT, Wanted
from exodrive.kit import outbox
from exodrive.kit.db import Db

log = logging.getLogger(__name__)

DIFFERS = "DIFFERS_AT_PAYPAL"  # its number or its sum is another one than ours
TAKEN_BACK = "PAYMENT_TAKEN_BACK"  # what was noted as paid is not paid any more
CHARGED_BACK = "CHARGED_BACK"  # the payer's bank, or PayPal, took a payment back
NOT_ALL = "PAID_LESS_THAN_ASKED"  # PayPal calls it paid, and a part of our charges is not
_SENT = PAYABLE | PAID | (ENDED - GONE) | {theirs.InvoiceStatus.PAYMENT_PENDING}


async def follow(db: Db, now: Standing, kept: Invoice, told: theirs.Invoice, read_at: datetime) -> None:
    """Keep what PayPal told of an invoice, with all that comes of it. The caller holds the car's lock and has read it anew."""
    if kept.status is not None and read_at < kept.looked_at:
        return  # somebody has read it later, and was first
    after = _followed(kept, told, read_at, now.now)
    await invoices.save(db, after)
    if after.sent_at and not kept.sent_at:
        await _tell(db, now, after, "invoice_sent", SYSTEM if kept.wanted is Wanted.SENT else PAYPAL)
        await outbox.enqueue(db, "mail.invoice", invoice_id=after.id)
    if after.paid > kept.paid:
        await _pay(db, now, after, after.paid - kept.paid)
    if after.refunded > kept.refunded:
        await _tell(db, now, after, "invoice_refunded", PAYPAL, refunded=str(after.refunded))
        log.critical("money of an invoice went back", extra={"booking": now.reference, "number": after.number})
    if after.paid > kept.paid or after.refunded > kept.refunded:
        await outbox.enqueue(db, "receipts.of_invoice", invoice_id=after.id)
    if after.status in GONE and kept.status not in GONE:
        await _free(db, now, after, SYSTEM if kept.wanted is Wanted.VOID else PAYPAL)
    if after.status in ENDED - GONE and kept.status not in ENDED:
        await _end(db, after)
    await look_at_requests(db, after, told)
    await raise_alarm(db, now, after)


def _followed(kept: Invoice, told: theirs.Invoice, read_at: datetime, moment: datetime) -> Invoice:
    """The row as it is from now on; what was done at PayPal's own site is wanted, too."""
    paid = told.paid.amount if told.paid else Decimal(0)
    wanted = kept.wanted
    if told.status in GONE:
        wanted = Wanted.VOID
    elif wanted is Wanted.DRAFT and told.status not in UNSENT:
        wanted = Wanted.SENT
    has_ended = told.status in ENDED
    return msgspec.structs.replace(
        kept,
        wanted=wanted,
        status=told.status,
        paypal_invoice_id=told.id,
        due=told.due.amount if told.status not in ENDED else Decimal(0),
        paid=paid,
        refunded=told.refunded.amount if told.refunded else Decimal(0),
        url=told.pay_url or kept.url,
        problem=_problem(kept, told, paid),
        looked_at=max(read_at, kept.looked_at),
        sent_at=kept.sent_at or (moment if told.status in _SENT else None),
        ended_at=(kept.ended_at or moment) if has_ended else None,
    )


def _problem(kept: Invoice, told: theirs.Invoice, paid: Decimal) -> str | None:
    if told.number != kept.number or told.total != kept.money:
        return DIFFERS
    if paid < kept.paid and kept.problem != CHARGED_BACK:
        return TAKEN_BACK
    stays = kept.problem in (TAKEN_BACK, NOT_ALL, CHARGED_BACK) or (told.status not in ENDED and kept.problem != DIFFERS)
    return kept.problem if stays else None


async def _pay(db: Db, now: Standing, invoice: Invoice, came: Decimal) -> None:
    """What came pays the charges in the order they were made, as far as it reaches. It is no money of the rental's, nor of a deposit."""
    left, mine = came, set(await invoices.charges_of(db, invoice.id))
    for charge in await charges.of_booking(db, invoice.booking_id):
        if charge.id in mine and charge.status is ChargeStatus.INVOICED and left:
            part = min(left, charge.left)
            await charges.pay_invoiced(db, charge, part)
            left -= part
    await _tell(db, now, invoice, "invoice_paid", PAYPAL, amount=str(came))


async def _end(db: Db, invoice: Invoice) -> None:
    """A charge that is not paid in full by an invoice that is (a discount was given at PayPal) is for a person to look at."""
    mine = set(await invoices.charges_of(db, invoice.id))
    if any(one.id in mine and one.left for one in await charges.of_booking(db, invoice.booking_id)):
        await charges.uninvoice(db, await invoices.free(db, invoice.id))
        await invoices.save(db, msgspec.structs.replace(invoice, problem=NOT_ALL))


async def _free(db: Db, now: Standing, invoice: Invoice, actor: Actor) -> None:
    await charges.uninvoice(db, await invoices.free(db, invoice.id))
    await _tell(db, now, invoice, "invoice_cancelled" if actor is SYSTEM else "invoice_cancelled_elsewhere", actor)
    if invoice.sent_at:
        await outbox.enqueue(db, "mail.invoice_ended", invoice_id=invoice.id)


async def gone(db: Db, now: Standing, kept: Invoice) -> None:
    """End an invoice that PayPal does not have: it was never made, or its draft was deleted there."""
    if kept.ended_at is None:
        after = msgspec.structs.replace(kept, wanted=Wanted.VOID, due=Decimal(0), problem=None, ended_at=now.now)
        await invoices.save(db, after)
        await _free(db, now, after, SYSTEM if kept.wanted is Wanted.VOID else PAYPAL)
        await raise_alarm(db, now, after)


async def look_at_requests(db: Db, invoice: Invoice, told: theirs.Invoice) -> None:
    """End the requests that PayPal shows as done, and those that nothing can come of any more."""
    marks = {one.note for one in told.payments}
    for request in await requests.asked(db, invoice.id):
        if str(request.id) in marks:
            await requests.done(db, request.id)
        elif told.status in ENDED:
            await requests.refuse(db, request.id, told.status)


async def raise_alarm(db: Db, now: Standing, invoice: Invoice) -> None:
    """Cry out what a person must look at; it is quiet again when no invoice of the booking has a problem."""
    found = [one for one in await invoices.of_booking(db, invoice.booking_id) if one.problem]
    for kind in await deposits.set_alarms(db, invoice.booking_id, [Alarm.INVOICE] if found else [], [Alarm.INVOICE]):
        log.critical("an invoice does not go on", extra={"booking": now.reference, "problems": {one.number: one.problem for one in found}})
        await bookings.tell(db, invoice.booking_id, "invoice_problem", SYSTEM, alarm=kind)


async def _tell(db: Db, now: Standing, invoice: Invoice, event: str, actor: Actor, **more: Any) -> None:
    await bookings.tell(db, now.booking_id, event, actor, number=invoice.number, currency=invoice.currency, **more)
