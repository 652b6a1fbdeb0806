"""Invoices on the booking's file: drafted from what is open, sent, reminded of, cancelled, and noted as paid another way."""

from collections.abc import Awaitable
from datetime import date
from decimal import Decimal
from typing import Annotated, Protocol
from uuid import UUID

import msgspec
from litestar import Response, post, route

from exodrive.bookings.model import Actor
from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.decide import Decided, PaidOtherwise
from exodrive.flows.invoicing.draft import LONGEST_NOTE, Wish, draft
from exodrive.gateways.paypal.invoicing import Method
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.overview.staff_file import File
from exodrive.web.admin.charges import Confirmation
from exodrive.web.admin.endings import Reason
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.shell import papers
from exodrive.web.shell.doors import READ

ONE = "/bookings/{reference:str}/invoices/{number:str}"


class InvoiceForm(msgspec.Struct, frozen=True):
    """What is invoiced: the charges that were ticked, of which this is the last, until when it is to be paid, and a note."""

    charges: UUID
    due_on: date
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] = ""
    key: str = ""
    csrf: str = ""


class PaymentForm(msgspec.Struct, frozen=True):
    """A payment that came another way."""

    amount: Decimal
    method: Method
    day: date
    key: str = ""
    csrf: str = ""


class Verb(Protocol):
    """Something that is decided about an invoice."""

    def __call__(self, door: Door, booking_id: BookingId, number: str, actor: Actor, *, key: str, ip: str) -> Awaitable[Decided]:
        """Decide it."""
        ...


@post("/bookings/{reference:str}/invoices", status_code=303, opt={"role": MOVES_MONEY})
async def add(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Draft an invoice."""

    async def run(file: File, form: InvoiceForm) -> None:
        wish = Wish(charges=await _ticked(request), due_on=form.due_on, note=form.note)
        await draft(db, BookingId(file.booking.id), wish, actor(request), key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, InvoiceForm, run, panel="invoice")


async def _ticked(request: AnyRequest) -> tuple[UUID, ...]:
    """Return the charges that were ticked: a form names each under the same name."""
    try:
        return tuple(UUID(str(value)) for value in (await request.form()).getall("charges"))
    except ValueError as wrong:
        raise BadInput(_("Please check the fields that are marked."), fields={"charges": _("This is not one of our ids.")}) from wrong


@post(f"{ONE}/sending", status_code=303, opt={"role": MOVES_MONEY})
async def send(request: AnyRequest, db: Door, reference: str, number: str) -> Response[bytes]:
    """Send it to the renter."""
    return await _do(request, db, reference, number, decide.send)


@post(f"{ONE}/reminders", status_code=303, opt={"role": MOVES_MONEY})
async def remind(request: AnyRequest, db: Door, reference: str, number: str) -> Response[bytes]:
    """Remind the renter of it."""
    return await _do(request, db, reference, number, decide.remind)


@post(f"{ONE}/trials", status_code=303, opt={"role": MOVES_MONEY})
async def try_again(request: AnyRequest, db: Door, reference: str, number: str) -> Response[bytes]:
    """Have the worker go on with it."""
    return await _do(request, db, reference, number, decide.try_again)


async def _do(request: AnyRequest, db: Door, reference: str, number: str, verb: Verb) -> Response[bytes]:
    async def run(file: File, form: Confirmation) -> None:
        await verb(db, BookingId(file.booking.id), number, actor(request), key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, Confirmation, run, panel=f"invoice-{number}")


@post(f"{ONE}/cancellation", status_code=303, opt={"role": MOVES_MONEY})
async def cancel(request: AnyRequest, db: Door, reference: str, number: str) -> Response[bytes]:
    """Cancel it."""

    async def run(file: File, form: Reason) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await decide.cancel(db, booking_id, number, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Reason, run, panel=f"cancel-{number}")


@post(f"{ONE}/payments", status_code=303, opt={"role": MOVES_MONEY})
async def record(request: AnyRequest, db: Door, reference: str, number: str) -> Response[bytes]:
    """Note a payment that came another way."""

    async def run(file: File, form: PaymentForm) -> None:
        paid, booking_id = PaidOtherwise(amount=form.amount, method=form.method, day=form.day), BookingId(file.booking.id)
        await decide.record(db, booking_id, number, paid, actor(request), key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, PaymentForm, run, panel=f"pay-{number}")


@route(f"{ONE}/picture", http_method=READ)
async def picture(db: Door, reference: str, number: str) -> Response[bytes]:
    """Give the code of PayPal's page as a picture."""
    return await papers.picture(db, reference, number)


HANDLERS = [add, send, remind, try_again, cancel, record, picture]
