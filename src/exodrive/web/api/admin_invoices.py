"""Invoices for what is owed beside the rental, as JSON: the same verbs as on the booking's file."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post

from exodrive.charges.model import Charge
from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.decide import Decided, PaidOtherwise
from exodrive.flows.invoicing.draft import LONGEST_NOTE, Drafted, Preview, Wish, draft, open_charges, preview
from exodrive.gateways.paypal.invoicing import InvoiceStatus, Method
from exodrive.invoices import store
from exodrive.invoices.model import Invoice, Item, Request
from exodrive.invoices.requests import store as requests
from exodrive.invoices.states import RequestKind, RequestStatus, Wanted
from exodrive.kit.db import Door
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.admin.invoices import ONE, Verb
from exodrive.web.api.admin_endings import WhyOrder, booking_id_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell import papers
from exodrive.web.shell.forms import read_json

MAY = {"role": MOVES_MONEY}


class InvoiceOrder(msgspec.Struct, frozen=True):
    """What is invoiced: these charges (all that is open where none is named), until when it is to be paid, and a note to the renter."""

    due_on: date
    charges: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200)] = ()
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] = ""

    def wish(self) -> Wish:
        """Return it in the words of the verb."""
        return Wish(charges=self.charges, due_on=self.due_on, note=self.note)


class PaymentOrder(msgspec.Struct, frozen=True):
    """A payment that came another way than by PayPal, and on which day."""

    amount: Decimal
    method: Method
    day: date


class RequestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that was sent, or a payment that is to be noted at PayPal, with why PayPal refused it."""

    kind: RequestKind
    status: RequestStatus
    amount: Decimal | None
    method: Method | None
    paid_on: date | None
    issue: str | None
    created_at: datetime


class InvoiceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice: what is ``wanted`` of it, and the ``status`` that PayPal last told; null until it is written there.

    ``due``, ``paid`` and ``refunded`` are what PayPal told. With a ``problem`` it waits for a person.
    """

    number: str
    wanted: Wanted
    status: InvoiceStatus | None
    lines: tuple[Item, ...]
    total: Decimal
    tax: Decimal
    due: Decimal
    paid: Decimal
    refunded: Decimal
    currency: str
    due_on: date
    note: str
    url: str | None
    problem: str | None
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    requests: list[RequestAnswer]


class InvoicesAnswer(msgspec.Struct, frozen=True):
    """The invoices of a booking, the oldest first, and the charges that are open for another."""

    invoices: list[InvoiceAnswer]
    open: list[Charge]


@get("/bookings/{reference:str}/invoices")
async def index(db: Door, reference: str) -> InvoicesAnswer:
    """List a booking's invoices, and what is open."""
    booking_id = await booking_id_of(db, reference)
    async with db.scope() as scope:
        found, asked = await store.of_booking(scope, booking_id), await requests.of_booking(scope, booking_id)
        return InvoicesAnswer([_answer(one, asked) for one in found], await open_charges(scope, booking_id))


def _answer(one: Invoice, asked: list[Request]) -> InvoiceAnswer:
    return InvoiceAnswer(
        number=one.number,
        wanted=one.wanted,
        status=one.status,
        lines=one.items,
        total=one.total,
        tax=one.tax,
        due=one.due,
        paid=one.paid,
        refunded=one.refunded,
        currency=one.currency,
        due_on=one.due_date,
        note=one.note,
        url=one.url,
        problem=one.problem,
        created_at=one.created_at,
        sent_at=one.sent_at,
        ended_at=one.ended_at,
        requests=[_request(request) for request in asked if request.invoice_id == one.id],
    )


def _request(one: Request) -> RequestAnswer:
    return RequestAnswer(
        kind=one.kind,
        status=one.status,
        amount=one.amount,
        method=one.method,
        paid_on=one.paid_on,
        issue=one.issue,
        created_at=one.created_at,
    )


@post("/bookings/{reference:str}/invoices/preview", status_code=200, opt=MAY)
async def show(request: AnyRequest, db: Door, reference: str) -> Preview:
    """Show the lines and the sum of an invoice that is not written yet; nobody is asked for anything."""
    order = await read_json(request, InvoiceOrder)
    return await preview(db, await booking_id_of(db, reference), order.wish())


@post("/bookings/{reference:str}/invoices", status_code=201, opt=MAY)
async def add(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> Drafted:
    """Draft an invoice, once per ``Idempotency-Key``; nothing reaches the renter before it is sent."""
    key, order = checked(idempotency_key), await read_json(request, InvoiceOrder)
    booking_id = await booking_id_of(db, reference)
    return await draft(db, booking_id, order.wish(), actor(request), key=key, ip=visit_of(request).ip)


@post(f"{ONE}/sending", status_code=202, opt=MAY)
async def send(request: AnyRequest, db: Door, reference: str, number: str, idempotency_key: Key = None) -> Decided:
    """Send an invoice, once per ``Idempotency-Key``; the worker does it within seconds, and our letter goes with it."""
    return await _do(request, db, reference, number, idempotency_key, decide.send)


@post(f"{ONE}/reminders", status_code=202, opt=MAY)
async def remind(request: AnyRequest, db: Door, reference: str, number: str, idempotency_key: Key = None) -> Decided:
    """Remind the renter by a letter, once per ``Idempotency-Key``. 409 ``reminded-enough`` after two within a day."""
    return await _do(request, db, reference, number, idempotency_key, decide.remind)


@post(f"{ONE}/trials", status_code=202, opt=MAY)
async def try_again(request: AnyRequest, db: Door, reference: str, number: str, idempotency_key: Key = None) -> Decided:
    """Have the worker go on with an invoice that had a problem, once per ``Idempotency-Key``."""
    return await _do(request, db, reference, number, idempotency_key, decide.try_again)


async def _do(request: AnyRequest, db: Door, reference: str, number: str, given: str | None, verb: Verb) -> Decided:
    key, booking_id = checked(given), await booking_id_of(db, reference)
    return await verb(db, booking_id, number, actor(request), key=key, ip=visit_of(request).ip)


@post(f"{ONE}/cancellation", status_code=202, opt=MAY)
async def cancel(request: AnyRequest, db: Door, reference: str, number: str, idempotency_key: Key = None) -> Decided:
    """Cancel an invoice that nothing was paid of, once per ``Idempotency-Key``: its charges are due again."""
    key, order = checked(idempotency_key), await read_json(request, WhyOrder)
    about = (await booking_id_of(db, reference), number, actor(request), order.reason)
    return await decide.cancel(db, *about, key=key, ip=visit_of(request).ip)


@post(f"{ONE}/payments", status_code=202, opt=MAY)
async def record(request: AnyRequest, db: Door, reference: str, number: str, idempotency_key: Key = None) -> Decided:
    """Note a payment that came another way, once per ``Idempotency-Key``; the worker writes it at PayPal."""
    key, order = checked(idempotency_key), await read_json(request, PaymentOrder)
    paid = PaidOtherwise(amount=order.amount, method=order.method, day=order.day)
    return await decide.record(db, await booking_id_of(db, reference), number, paid, actor(request), key=key, ip=visit_of(request).ip)


@get(f"{ONE}/picture", media_type="image/png")
async def picture(db: Door, reference: str, number: str) -> Response[bytes]:
    """Give the code of PayPal's page as a PNG."""
    return await papers.picture(db, reference.upper(), number)


HANDLERS = [index, show, add, send, remind, try_again, cancel, record, picture]
