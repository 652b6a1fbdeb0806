"""Drafting an invoice from what is open: staff choose, look at the very lines, and nothing reaches the renter before it is sent."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.charges import store as charges
from exodrive.charges.model import Charge
from exodrive.charges.states import ChargeStatus
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.invoicing import store
from exodrive.flows.invoicing.errors import NothingOpen
from exodrive.flows.invoicing.lines import items_of, spoken, tax_in
from exodrive.flows.once import once, request
from exodrive.invoices import store as invoices
from exodrive.invoices.model import Item
from exodrive.kit import outbox
from exodrive.kit.days import day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId, new_id
from exodrive.kit.words import _

LONGEST_NOTE = 2000
LATEST = 366  # days from today on which an invoice may be due


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What staff want to invoice: these charges, or all that is open where none is named; until when it is to be paid, and a note."""

    charges: tuple[UUID, ...] = ()
    due_on: date
    note: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice before anybody is asked for anything: its very lines, in the renter's language, and their sum, of which ``tax`` is tax."""

    lines: tuple[Item, ...]
    total: Decimal
    tax: Decimal
    currency: str
    due_on: date
    note: str


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice that PayPal is asked for, by our own number."""

    id: UUID
    number: str
    total: Decimal
    tax: Decimal
    currency: str


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    wish: Wish


async def open_charges(db: Db, booking_id: BookingId) -> list[Charge]:
    """Return what a booking's renter owes and nobody asks for elsewhere: what is due, less what was taken from a deposit already."""
    return [one for one in await charges.of_booking(db, booking_id) if one.status is ChargeStatus.DUE]


async def preview(door: Door, booking_id: BookingId, wish: Wish) -> Preview:
    """Show what would be invoiced. Raises BadInput naming ``due_on``, ``note`` or ``charges``, NothingOpen and NoBooking."""
    async with door.scope() as db:
        now = await standing.read(db, booking_id)
        _check(now, wish)
        chosen = _chosen(await open_charges(db, booking_id), wish.charges)
        return await _preview(db, now, chosen, wish)


async def draft(door: Door, booking_id: BookingId, wish: Wish, actor: Actor, *, key: str = "", ip: str = "") -> Drafted:
    """Draft an invoice through the staff's own door; the worker writes it at PayPal within seconds, where nobody but staff sees it.

    Asked again with the same ``key`` it is drafted once. Raises what ``preview`` does, KeyReused and Busy.
    """
    asked = _Asked(booking_id, msgspec.structs.replace(wish, note=wish.note.strip()))
    return await again(lambda: _write(door, asked, request("invoice", key, asked), actor, ip))


@commits("invoice.write")
async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Drafted:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _draft(db, now, asked.wish, actor, ip), Drafted)


async def _draft(db: Db, now: Standing, wish: Wish, actor: Actor, ip: str) -> Drafted:
    _check(now, wish)
    assert actor.id is not None
    drafted = await _add(db, now, wish, actor, UUID(actor.id))
    told = {"number": drafted.number, "total": str(drafted.total), "currency": drafted.currency}
    await by.note(db, actor, ip, "invoice_drafted", now.booking_id, **told)
    return drafted


async def draft_rest(db: Db, now: Standing, charge_ids: Collection[UUID], due_days: int, staff_id: UUID) -> None:
    """Draft what a claim left open of these charges, in the transaction that took the rest of them. Staff send it, or cancel it.

    The caller holds the lock of the booking's car; ``staff_id`` is who made the claim.
    """
    wish = Wish(charges=tuple(charge_ids), due_on=day_at(now.now, now.time_zone) + timedelta(days=due_days))
    await _add(db, now, wish, SYSTEM, staff_id)


async def _add(db: Db, now: Standing, wish: Wish, actor: Actor, staff_id: UUID) -> Drafted:
    chosen = _chosen(await open_charges(db, now.booking_id), wish.charges)
    shown = await _preview(db, now, chosen, wish)
    new = invoices.New(
        id=new_id(),
        booking_id=now.booking_id,
        number=await store.next_number(db, now.booking_id, now.reference),
        items=shown.lines,
        total=shown.total,
        tax=shown.tax,
        currency=shown.currency,
        due_date=wish.due_on,
        note=wish.note,
        terms="",
        charges=tuple((one.id, one.left) for one in chosen),
    )
    await charges.invoice(db, [one.id for one in chosen])
    await invoices.add(db, new, staff_id)
    told = {"number": new.number, "total": str(new.total), "currency": new.currency}
    await bookings.tell(db, now.booking_id, "invoice_drafted", actor, **told)
    await outbox.enqueue(db, "invoices.drive", invoice_id=new.id)
    return Drafted(id=new.id, number=new.number, total=new.total, tax=new.tax, currency=new.currency)


def _check(now: Standing, wish: Wish) -> None:
    today, wrong = day_at(now.now, now.time_zone), {}
    if not 0 <= (wish.due_on - today).days <= LATEST:
        wrong["due_on"] = _("Give a day from today on, within a year.")
    if len(wish.note) > LONGEST_NOTE:
        wrong["note"] = _("That is too long.")
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)


def _chosen(found: list[Charge], wanted: Collection[UUID]) -> list[Charge]:
    if not found:
        raise NothingOpen
    chosen = [one for one in found if not wanted or one.id in wanted]
    if wanted and len(chosen) != len(set(wanted)):
        words = _("One of these charges is not open any more: it is paid, claimed, invoiced or withdrawn.")
        raise BadInput(_("Please check the fields that are marked."), fields={"charges": words})
    return chosen


async def _preview(db: Db, now: Standing, chosen: list[Charge], wish: Wish) -> Preview:
    to = await store.addressee(db, now.booking_id)
    with spoken(to.locale):
        lines = items_of(chosen)
    total = sum((one.left for one in chosen), Decimal(0))
    return Preview(lines=lines, total=total, tax=tax_in(chosen), currency=now.currency, due_on=wish.due_on, note=wish.note)
