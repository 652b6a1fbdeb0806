"""What staff decide about an invoice: it is sent, cancelled, reminded of, tried again, or was paid another way."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.charges import store as charges
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.invoicing.errors import InvoiceMoved, RemindedEnough, UnknownInvoice
from exodrive.flows.once import once, request
from exodrive.gateways.paypal.invoicing import Method
from exodrive.invoices import store as invoices
from exodrive.invoices.model import Invoice
from exodrive.invoices.requests import store as requests
from exodrive.invoices.states import Wanted
from exodrive.kit import outbox
from exodrive.kit.days import day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money, round_money
from exodrive.kit.words import _

REMINDERS = 2  # within a day, as PayPal has it for its own


class Decided(msgspec.Struct, frozen=True):
    """An invoice, and what is wanted of it now."""

    number: str
    wanted: Wanted


class PaidOtherwise(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that came another way than by PayPal."""

    amount: Decimal
    method: Method
    day: date


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    number: str
    what: str
    reason: str = ""
    paid: PaidOtherwise | None = None


Work = Callable[[Db, Standing, Invoice], Awaitable[dict[str, Any]]]


async def send(door: Door, booking_id: BookingId, number: str, actor: Actor, *, key: str = "", ip: str = "") -> Decided:
    """Have an invoice sent: the renter may pay it, and gets our letter. Raises NoBooking, UnknownInvoice, InvoiceMoved and KeyReused."""

    async def run(db: Db, _now: Standing, seen: Invoice) -> dict[str, Any]:
        if seen.wanted is not Wanted.DRAFT or seen.ended_at or seen.problem:
            raise InvoiceMoved
        await invoices.want(db, seen, Wanted.SENT)
        return {}

    return await _do(door, _Asked(booking_id, number, "invoice_to_send"), run, actor, key, ip)


async def cancel(door: Door, booking_id: BookingId, number: str, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> Decided:
    """Cancel an invoice that nothing was paid of: its charges are due again. Raises BadInput without a reason, and what ``send`` does."""
    asked = _Asked(booking_id, number, "invoice_to_cancel", by.reason_of(reason))

    async def run(db: Db, _now: Standing, seen: Invoice) -> dict[str, Any]:
        if not seen.is_cancellable:
            raise InvoiceMoved
        if seen.asked_at is None:
            await charges.uninvoice(db, await invoices.free(db, seen.id))
            await invoices.drop(db, seen.id)
        else:
            await invoices.want(db, seen, Wanted.VOID)
        return {}

    return await _do(door, asked, run, actor, key, ip)


async def try_again(door: Door, booking_id: BookingId, number: str, actor: Actor, *, key: str = "", ip: str = "") -> Decided:
    """Have the worker go on with an invoice that had a problem. Raises what ``send`` does."""

    async def run(db: Db, _now: Standing, seen: Invoice) -> dict[str, Any]:
        if seen.problem is None:
            raise InvoiceMoved
        await invoices.try_again(db, seen.id)
        return {"problem": seen.problem}

    return await _do(door, _Asked(booking_id, number, "invoice_tried_again"), run, actor, key, ip)


async def remind(door: Door, booking_id: BookingId, number: str, actor: Actor, *, key: str = "", ip: str = "") -> Decided:
    """Remind the renter by a letter of ours, twice a day at most. Raises RemindedEnough, and what ``send`` does."""

    async def run(db: Db, _now: Standing, seen: Invoice) -> dict[str, Any]:
        if not seen.is_payable:
            raise InvoiceMoved
        if await requests.reminders_today(db, seen.id) >= REMINDERS:
            raise RemindedEnough(REMINDERS)
        assert actor.id is not None
        await requests.remind(db, seen.id, UUID(actor.id))
        await outbox.enqueue(db, "mail.invoice_reminder", invoice_id=seen.id)
        return {}

    return await _do(door, _Asked(booking_id, number, "invoice_reminded"), run, actor, key, ip)


async def record(
    door: Door, booking_id: BookingId, number: str, paid: PaidOtherwise, actor: Actor, *, key: str = "", ip: str = ""
) -> Decided:
    """Note a payment that came another way: the worker writes it at PayPal, once. Raises BadInput, and what ``send`` does."""

    async def run(db: Db, now: Standing, seen: Invoice) -> dict[str, Any]:
        if not seen.is_payable:
            raise InvoiceMoved
        under_way = sum((one.amount or Decimal(0) for one in await requests.asked(db, seen.id)), Decimal(0))
        _check(now, paid, seen.due - under_way)
        assert actor.id is not None
        money = Money(paid.amount, seen.currency)
        await requests.note(db, seen.id, money, paid.method, paid.day, UUID(actor.id))
        return {"amount": money.text, "currency": money.currency, "method": paid.method}

    return await _do(door, _Asked(booking_id, number, "invoice_payment_noted", paid=paid), run, actor, key, ip)


def _check(now: Standing, paid: PaidOtherwise, left: Decimal) -> None:
    wrong = {}
    if not paid.amount.is_finite() or not 0 < paid.amount <= left or paid.amount != round_money(paid.amount, now.currency):
        wrong["amount"] = _("Give an amount above zero and not above what is still due.")
    if paid.day > day_at(now.now, now.time_zone):
        wrong["day"] = _("That day is yet to come.")
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)


async def _do(door: Door, asked: _Asked, run: Work, actor: Actor, key: str, ip: str) -> Decided:
    named = request(asked.what.replace("_", "-"), key, asked)
    return await again(lambda: _write(door, asked, named, run, actor, ip))


@commits("invoice.decide")
async def _write(door: Door, asked: _Asked, named: Request | None, run: Work, actor: Actor, ip: str) -> Decided:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)

        async def work() -> Decided:
            seen = await invoices.of_number(db, now.booking_id, asked.number)
            if seen is None:
                raise UnknownInvoice
            told = {"number": seen.number} | await run(db, now, seen)
            await bookings.tell(db, now.booking_id, asked.what, actor, reason=asked.reason or None, **told)
            await by.note(db, actor, ip, asked.what, now.booking_id, reason=asked.reason or None, **told)
            await outbox.enqueue(db, "invoices.drive", invoice_id=seen.id)
            after = await invoices.find(db, seen.id)
            assert after is not None
            return Decided(after.number, after.wanted)

        return await once(db, named, now.booking_id, work, Decided)
