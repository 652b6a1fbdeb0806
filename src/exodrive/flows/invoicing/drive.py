"""Bringing an invoice from what it is to what is wanted of it, one call at a time: taken, asked, recorded.

PayPal keeps no request ids for invoices. So nobody else is let to an invoice while one call is made, our own number finds what was made
without an answer, a payment is noted under a mark of ours, and all else may be asked twice.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.invoicing import following, store
from exodrive.flows.invoicing.store import Addressee
from exodrive.flows.world import World
from exodrive.gateways.errors import Declined, GatewayError, Refused
from exodrive.gateways.paypal import invoicing as theirs
from exodrive.invoices import store as invoices
from exodrive.invoices.model import SILENCE, Invoice, Request, next_act
from exodrive.invoices.requests import store as requests
from exodrive.invoices.states import Act
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.money import Money

log = logging.getLogger(__name__)

MOST = 12  # steps at once: more than any invoice wants
_TURNED_AWAY = frozenset({401, 403})
_NOT_THERE = 404


class Step(msgspec.Struct, frozen=True):
    """What is to be asked of PayPal now, for whom, and when that was decided, by the database's clock."""

    act: Act
    invoice: Invoice
    to: Addressee
    request: Request | None
    at: datetime


class Answer(msgspec.Struct, frozen=True):
    """What PayPal answered: the invoice, or that it does not have it, a picture, a no for good (``issue``), or nothing that helps."""

    told: theirs.Invoice | None = None
    picture: bytes | None = None
    issue: str = ""
    status: int = 0
    is_silent: bool = False


async def drive(world: World, invoice_id: UUID) -> None:
    """Do all that is to be done about an invoice now; safe to run any number of times, and beside itself.

    With PayPal away it stays as it is, and is looked at again by the clock.
    """
    for _turn in range(MOST):
        step = await again(lambda: _take(world, invoice_id))
        if step is None:
            return
        answer = await _ask(world, step)
        if not await again(lambda: _record(world, step, answer)):  # noqa: B023 - awaited at once
            return


@commits("invoice.take")
async def _take(world: World, invoice_id: UUID) -> Step | None:
    async with world.door.scope() as db:
        found = await invoices.find(db, invoice_id)
        assert found is not None, "an invoice is never deleted"
        now = await standing.locked(db, found.booking_id)
        step = await _step(db, invoice_id, now.now)
        if step is None or not await invoices.take(db, invoice_id, asks=step.act is Act.DRAFT):
            return None
        return step


async def _step(db: Db, invoice_id: UUID, at: datetime) -> Step | None:
    invoice, asked = await invoices.find(db, invoice_id), await requests.asked(db, invoice_id)
    assert invoice is not None
    act = next_act(invoice, is_payment_asked=bool(asked))
    if act is None:
        return None
    return Step(act, invoice, await store.addressee(db, invoice.booking_id), asked[0] if asked else None, at)


async def _ask(world: World, step: Step) -> Answer:
    """Ask PayPal; what it refuses for good is an answer, and silence is none."""
    try:
        return await _CALLS[step.act](world, step)
    except Declined as no:
        return Answer(issue=no.issue, status=422)
    except Refused as no:
        away = no.status in _TURNED_AWAY
        return Answer(issue="" if away else no.issue, status=no.status, is_silent=away)
    except GatewayError as away:
        log.warning("an invoice has to wait for PayPal", extra={"number": step.invoice.number, "reason": str(away)})
        return Answer(is_silent=True)


@calls("invoice.draft")
async def _draft(world: World, step: Step) -> Answer:
    return Answer(await world.invoices.draft(_new(step.invoice, step.to)))


@calls("invoice.find")
async def _find(world: World, step: Step) -> Answer:
    return Answer(await world.invoices.find(step.invoice.number))


@calls("invoice.send")
async def _send(world: World, step: Step) -> Answer:
    return Answer(await world.invoices.issue(_id(step), by_paypal=False))


@calls("invoice.cancel")
async def _cancel(world: World, step: Step) -> Answer:
    try:
        return Answer(await world.invoices.cancel(_id(step)))
    except Refused as no:  # perhaps it was paid meanwhile: that is for staff to know, and is followed
        if no.status == _NOT_THERE:
            raise
        return Answer(await world.invoices.read(_id(step)), issue=no.issue, status=no.status)


@calls("invoice.record_payment")
async def _record_payment(world: World, step: Step) -> Answer:
    assert step.request, "a payment is asked for"
    return Answer(await world.invoices.record(_id(step), step.request.paid(step.invoice.currency)))


@calls("invoice.picture")
async def _picture(world: World, step: Step) -> Answer:
    return Answer(picture=await world.invoices.picture(_id(step)))


@calls("invoice.look")
async def _look(world: World, step: Step) -> Answer:
    return Answer(await world.invoices.read(_id(step)))


_CALLS: dict[Act, Callable[[World, Step], Awaitable[Answer]]] = {
    Act.DRAFT: _draft,
    Act.FIND: _find,
    Act.SEND: _send,
    Act.CANCEL: _cancel,
    Act.RECORD: _record_payment,
    Act.PICTURE: _picture,
    Act.LOOK: _look,
}


@commits("invoice.record")
async def _record(world: World, step: Step, answer: Answer) -> bool:
    """Keep what PayPal answered, with all that comes of it; whether there may be more to do now."""
    async with world.door.scope() as db:
        now = await standing.locked(db, step.invoice.booking_id)
        kept = await invoices.find(db, step.invoice.id)
        assert kept is not None
        await invoices.let_go(db, kept.id)
        if answer.is_silent:
            return False
        if step.act is Act.PICTURE:
            await invoices.keep_picture(db, kept.id, answer.picture or b"")
            return True
        if answer.told:
            await following.follow(db, now, kept, answer.told, step.at)
        elif step.act is Act.FIND:
            return await _not_there(db, now, kept)
        if answer.issue:
            await _refused(db, now, step, answer)
        return True


async def _refused(db: Db, now: Standing, step: Step, answer: Answer) -> None:
    """PayPal's no: a payment is not noted, an invoice that was deleted there is over, and all else is for a person to look at."""
    kept = await invoices.find(db, step.invoice.id)
    assert kept is not None
    if step.act is Act.RECORD and step.request and answer.status != _NOT_THERE:
        await requests.refuse(db, step.request.id, answer.issue)
    elif answer.status == _NOT_THERE and kept.paypal_invoice_id:
        await following.gone(db, now, kept)
    elif kept.ended_at is None:
        await invoices.save(db, msgspec.structs.replace(kept, problem=answer.issue, looked_at=step.at))
        await following.raise_alarm(db, now, kept)


async def _not_there(db: Db, now: Standing, kept: Invoice) -> bool:
    """PayPal does not show what nobody wants: it is over when nothing can come of our last call any more."""
    if kept.asked_at is None or now.now > kept.asked_at + SILENCE:
        await following.gone(db, now, kept)
    return False


def _id(step: Step) -> str:
    assert step.invoice.paypal_invoice_id, "it is there"
    return step.invoice.paypal_invoice_id


def _new(invoice: Invoice, to: Addressee) -> theirs.NewInvoice:
    lines = [theirs.Line(name=one.name, amount=Money(one.amount, invoice.currency), description=one.description) for one in invoice.items]
    return theirs.NewInvoice(
        number=invoice.number,
        reference=to.reference,
        lines=tuple(lines),
        email=to.email,
        first_name=to.first_name,
        last_name=to.last_name,
        due_on=invoice.due_date,
        note=invoice.note,
        terms=invoice.terms,
        language=to.locale,
    )
