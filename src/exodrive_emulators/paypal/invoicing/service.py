"""What is done with invoices: written, sent, reminded of, cancelled, deleted."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from exodrive_emulators.kit import ids
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.invoicing import reading, telling
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.invoicing.shapes import Draft, Notification
from exodrive_emulators.paypal.invoicing.states import EDITABLE, ENDED, OPEN, REMINDABLE, UNSENT, Status, why_not_cancelled
from exodrive_emulators.paypal.model import Due
from exodrive_emulators.paypal.states import Act, IllegalMove
from exodrive_emulators.paypal.world import MERCHANT, PayPal

REMINDERS, A_DAY = 2, timedelta(days=1)
CHANGES, OF_RECIPIENTS = 2, timedelta(hours=72)
FIRST = "0001"


def create(world: PayPal, body: dict[str, Any]) -> Invoice:
    """A draft; raises Refused."""
    draft, sums = reading.draft(body)
    now = world.clock.now()
    day, due = reading.days(draft, now.date())
    _check_invoicer("invoices.create", draft)
    number = draft.detail.invoice_number or next_number(world)
    _check_number(world, "invoices.create", number, "")
    made = Invoice(new_id(), number, draft, sums, day, due, now, now)
    world.bills.put(made.id, made)
    telling.publish(world, made, telling.CREATED)
    return made


def find(world: PayPal, invoice_id: str) -> Invoice:
    """Raises Refused (404)."""
    if it := world.bills.get(invoice_id):
        return it
    detail = {"field": "invoice_id", "value": invoice_id[:300], "location": "path", "issue": "INVALID_RESOURCE_ID"}
    raise Refused(404, [{**detail, "description": "Requested resource ID was not found."}], [])


def replace(world: PayPal, it: Invoice, body: dict[str, Any]) -> Invoice:
    """The same invoice with all of it new; raises Refused."""
    draft, sums = reading.draft(body)
    now = world.clock.now()
    day, due = reading.days(draft, it.day)
    _check_invoicer("invoices.update", draft)
    number = draft.detail.invoice_number or it.number
    _check_number(world, "invoices.update", number, it.id)
    if it.status not in EDITABLE or sums.total < it.paid or sums.currency != it.sums.currency:
        raise Refused(422, [], [])
    if draft.primary_recipients != it.draft.primary_recipients and it.status not in UNSENT:
        _check_changes(it, now)
    it.draft, it.sums, it.day, it.due, it.number = draft, sums, day, due, number
    keep(world, it, it.status)
    telling.publish(world, it, telling.UPDATED)
    return it


def send(world: PayPal, it: Invoice, told: Notification) -> bool:
    """Send it now, or when its day comes; whether it was now. A second time has no effect; raises Refused when it has ended."""
    if it.status in ENDED or not it.sums.total:
        raise Refused(422, [], [])
    if it.status is Status.SCHEDULED or it.status not in UNSENT:
        return it.status is not Status.SCHEDULED
    if it.day > world.clock.now().date():
        keep(world, it, Status.SCHEDULED)
        world.agenda.add(Due(datetime.combine(it.day, time(), UTC), it.id, Act.SEND))
        world.post_due.set()
        telling.publish(world, it, telling.SCHEDULED)
        return False
    deliver(world, it, shared=not told.send_to_recipient or not telling.mailed_to(it))
    return True


def deliver(world: PayPal, it: Invoice, *, shared: bool) -> None:
    """It is the payer's now: by PayPal's mail, or shared by its link."""
    it.sent = it.last_sent = world.clock.now()
    keep(world, it, Status.SHARED if shared else Status.SENT)
    telling.publish(world, it, telling.UPDATED)


def fall_due(world: PayPal, it: Invoice, act: Act) -> None:
    """Its day has come, or PayPal gives up waiting for money; raises IllegalMove."""
    if act is Act.SEND and it.status is Status.SCHEDULED and it.day <= world.clock.now().date():
        deliver(world, it, shared=not telling.mailed_to(it))
    elif act is Act.VOID and it.status in OPEN:
        _end(world, it, Status.AUTO_CANCELLED)
    else:
        raise IllegalMove("")


def remind(world: PayPal, it: Invoice) -> None:
    """Remind the payer, twice a day at most; raises Refused."""
    now = world.clock.now()
    lately = [at for at in it.reminders if at > now - A_DAY]
    if it.status not in REMINDABLE or len(lately) >= REMINDERS:
        raise refused("invoices.remind", "CANNOT_REMIND_INVOICE")
    it.reminders, it.last_sent = [*lately, now], now
    keep(world, it, it.status)


def cancel(world: PayPal, it: Invoice) -> None:
    """It need not be paid any more; raises Refused."""
    if issue := why_not_cancelled(it.status):
        raise refused("invoices.cancel", issue)
    _end(world, it, Status.CANCELLED)


def delete(world: PayPal, it: Invoice) -> None:
    """Forget one that was never sent; its number may be used again. Raises Refused."""
    if it.status not in UNSENT:
        raise Refused(422, [], [])
    world.bills.drop(it.id)


def next_number(world: PayPal) -> str:
    """One more than the number that was used last, with what stands before and after it."""
    used = list(world.bills)
    found = re.fullmatch(r"(.*?)(\d+)(\D*)", used[-1].number) if used else None
    if not found:
        return FIRST if not used else f"{used[-1].number[:21]}-{FIRST[-3:]}"
    number = f"{found[1]}{int(found[2]) + 1:0{len(found[2])}}{found[3]}"
    return number if number not in {it.number for it in used} else f"{number[:21]}-{len(used)}"


def new_id() -> str:
    """INV2-XXXX-XXXX-XXXX-XXXX."""
    return "-".join(["INV2", *(ids.text(ids.PAYPAL, 4) for _ in range(4))])


def keep(world: PayPal, it: Invoice, status: Status) -> None:
    """Note its state and that it changed."""
    it.status, it.updated = status, world.clock.now()
    world.bills.put(it.id, it)


def _end(world: PayPal, it: Invoice, status: Status) -> None:
    it.ended = world.clock.now()
    keep(world, it, status)
    telling.publish(world, it, telling.CANCELLED)


def _check_number(world: PayPal, operation: str, number: str, own_id: str) -> None:
    if any(it.number == number and it.id != own_id for it in world.bills):
        raise refused(operation, "DUPLICATE_INVOICE_NUMBER", field="/detail/invoice_number", value=number, location="body")


def _check_invoicer(operation: str, draft: Draft) -> None:
    address = draft.invoicer.email_address if draft.invoicer else None
    if address and address != MERCHANT["email_address"]:
        raise refused(operation, "USER_NOT_FOUND", field="/invoicer/email_address", value=address, location="body")


def _check_changes(it: Invoice, now: datetime) -> None:
    """Recipients of a sent invoice may be changed twice in 72 hours."""
    lately = [at for at in it.recipients if at > now - OF_RECIPIENTS]
    if len(lately) >= CHANGES:
        raise Refused(422, [], [])
    it.recipients = [*lately, now]
