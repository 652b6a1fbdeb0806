"""The stories of an invoice, what they begin with, and what must be true of each in the end: one at PayPal, and charges that agree."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.bookings.model import Actor
from exodrive.flows.invoicing import decide, look, money
from exodrive.flows.invoicing.draft import Wish, draft
from exodrive.flows.invoicing.drive import drive
from exodrive.flows.invoicing.errors import InvoiceMoved
from exodrive.gateways.paypal import Capture, CaptureStatus
from exodrive.gateways.paypal.invoicing import Method
from exodrive.kit import clock
from exodrive.kit.ids import new_id
from exodrive.kit.money import Money
from tests.builders import new_key
from tests.crash.cast import Cast, Facts
from tests.crash.scene import Scene

_BACK = """update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '2 hours',
           returned_at = exodrive_private.now() - interval '1 hour' where id = $1"""
_CHARGE = """insert into booking_charges (id, booking_id, number, kind, status, amount, currency, reason, due_at)
             values ($1, $2, 1, 'damage', 'due', 300, 'USD', 'a scratch', exodrive_private.now())"""
_NUMBER = "select number, paypal_invoice_id from paypal_invoices where booking_id = $1"


async def a_debt(scene: Scene) -> Facts:
    """A car that is back, and a charge that no deposit bears."""
    made = await scene.paid()
    await scene.behind(_BACK, made.id)
    await scene.behind(_CHARGE, new_id(), made.id)
    due = (clock.now() + timedelta(days=14)).date().isoformat()
    return scene.facts(made, staff_id=await scene.staff(), key=new_key(), extra=due)


async def an_invoice_sent(scene: Scene) -> Facts:
    """The same, and the renter may pay it."""
    facts = await a_debt(scene)
    await _sent(scene.world.doors.admin(facts.staff_id), scene.service, facts)  # type: ignore[arg-type]
    return facts


async def a_draft_nobody_heard_of(scene: Scene) -> Facts:
    """PayPal wrote it, the answer got lost, and nobody wants it any more."""
    facts = await a_debt(scene)
    door, actor = scene.world.doors.admin(facts.staff_id), _actor(facts)  # type: ignore[arg-type]
    told = await draft(door, facts.booking_id, _wish(facts), actor)  # type: ignore[arg-type]
    await drive(scene.service, told.id)
    await scene.behind("alter table paypal_invoices disable trigger invoice_in_order")
    await scene.behind("update paypal_invoices set status = null, paypal_invoice_id = null, wanted = 'void' where id = $1", told.id)
    await scene.behind("alter table paypal_invoices enable trigger invoice_in_order")
    return facts


async def money_taken_back(scene: Scene) -> Facts:
    """The renter has paid, nobody heard of it, and their bank took it back."""
    facts = await an_invoice_sent(scene)
    [(invoice_id,)] = await scene.build.rows("select paypal_invoice_id from paypal_invoices where booking_id = $1", facts.booking_id)
    taken = await scene.payer.paypal.control("POST", f"invoices/{invoice_id}/pay", {})
    await scene.payer.paypal.control("POST", f"captures/{taken['id']}/case", {"case": "chargeback"})
    back = await scene.event(taken["id"], "PAYMENT.CAPTURE.REVERSED")
    return msgspec.structs.replace(facts, order_id=taken["id"], event=back)


def _actor(facts: Facts) -> Actor:
    return Actor("admin", str(facts.staff_id), "Sam")


def _wish(facts: Facts) -> Wish:
    return Wish(due_on=date.fromisoformat(facts.extra))


async def _sent(door: Any, service: Any, facts: Facts) -> None:
    assert facts.booking_id
    told = await draft(door, facts.booking_id, _wish(facts), _actor(facts), key=f"{facts.key}-draft")
    await drive(service, told.id)
    await decide.send(door, facts.booking_id, told.number, _actor(facts), key=f"{facts.key}-send")
    await drive(service, told.id)


async def invoices_and_is_paid(cast: Cast, facts: Facts) -> None:
    """A manager drafts an invoice and sends it, the renter pays on PayPal's page, and a notice tells of it."""
    assert facts.staff_id
    await _sent(cast.staff(facts.staff_id)[0], cast.service, facts)
    for number, invoice_id in await cast.rows(_NUMBER, facts.booking_id):
        with suppress(AssertionError):  # begun a second time it is paid, or not sent yet
            await cast.paypal.control("POST", f"invoices/{invoice_id}/pay", {})
        await look.hear(cast.service, iter([number]))


async def cancels(cast: Cast, facts: Facts) -> None:
    """A manager cancels an invoice."""
    assert facts.booking_id
    assert facts.staff_id
    door, actor = cast.staff(facts.staff_id)
    for number, _id in await cast.rows(_NUMBER, facts.booking_id):
        await decide.cancel(door, facts.booking_id, number, actor, "a mistake", key=f"{facts.key}-cancel")
    await _drive(cast, facts)


async def notes_cash(cast: Cast, facts: Facts) -> None:
    """A manager was paid in cash, and notes it."""
    assert facts.booking_id
    assert facts.staff_id
    door, actor = cast.staff(facts.staff_id)
    paid = decide.PaidOtherwise(amount=Decimal(300), method=Method.CASH, day=date.fromisoformat(facts.extra) - timedelta(days=15))
    for number, _id in await cast.rows(_NUMBER, facts.booking_id):
        with suppress(InvoiceMoved):
            await decide.record(door, facts.booking_id, number, paid, actor, key=f"{facts.key}-cash")
    await _drive(cast, facts)


async def finds(cast: Cast, facts: Facts) -> None:
    """The worker looks for what nobody heard of."""
    await _drive(cast, facts)


async def looks_at_all(cast: Cast, facts: Facts) -> None:
    """The worker looks at every invoice that is due."""
    await look.look_at_all(cast.service)


async def hears_of_money(cast: Cast, facts: Facts) -> None:
    """The comparison finds a payment that no booking knows, and a notice tells that it was taken back."""
    assert facts.event
    taken = Capture(id=facts.order_id, status=CaptureStatus.COMPLETED, amount=Money(Decimal(300), "USD"))
    await money.is_invoiced(cast.service, taken)
    await money.taken_back(cast.service, [facts.event.resource["id"]])


async def _drive(cast: Cast, facts: Facts) -> None:
    for (invoice_id,) in await cast.rows("select id from paypal_invoices where booking_id = $1", facts.booking_id):
        await drive(cast.service, invoice_id)


#: These stories, and who logs in for each beside checkout and worker.
PLAYS: dict[str, tuple[Callable[[Cast, Facts], Awaitable[None]], tuple[str, ...]]] = {
    "invoices and is paid": (invoices_and_is_paid, ("staff",)),
    "cancels an invoice": (cancels, ("staff",)),
    "notes cash": (notes_cash, ("staff",)),
    "hears of money": (hears_of_money, ()),
    "finds an invoice": (finds, ()),
    "looks at all invoices": (looks_at_all, ()),
}


_KEPT = """
    select i.number, i.wanted, i.status, i.amount_paid, i.problem, i.taken_until,
           array(select g.status from booking_charges g join paypal_invoice_charges l on l.charge_id = g.id where l.invoice_id = i.id),
           exists (select from paypal_invoice_requests r where r.invoice_id = i.id and r.status = 'asked')
    from paypal_invoices i where i.booking_id = $1"""
_CHARGES = {"DRAFT": "invoiced", "SHARED": "invoiced", "CANCELLED": "due"}
_CHARGES |= dict.fromkeys(("PAID", "MARKED_AS_PAID", "REFUNDED"), "settled")
_WANTED = {"DRAFT": "draft", "SHARED": "sent", "PAID": "sent", "MARKED_AS_PAID": "sent", "REFUNDED": "sent", "CANCELLED": "void"}


async def judge_invoices(db: Any, booking_id: Any, shown: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the invoices of a booking whose story is over."""
    wrong: list[str] = []
    for number, wanted, status, paid, problem, _taken, charges, is_asked in await db.fetch(_KEPT, booking_id):
        there = [one for one in shown if one["detail"]["invoice_number"] == number]
        if [one["status"] for one in there] != [status]:
            wrong.append(f"{number} is {status}, PayPal has {[one['status'] for one in there]}")
            continue
        came = Decimal(there[0].get("payments", {}).get("paid_amount", {}).get("value", 0))
        told = (wanted, charges, paid, problem or "CHARGED_BACK", is_asked)
        if told != (_WANTED.get(status), [_CHARGES.get(status)], came, "CHARGED_BACK", False):
            wrong.append(f"{number} is {status}, and the rest of it {told}")
        if len(there[0].get("payments", {}).get("transactions", [])) > 1:
            wrong.append(f"{number} was paid twice")
    return wrong
