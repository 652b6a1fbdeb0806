"""The desk's pages of invoices, and what a person does with them as the shop."""

from collections.abc import Callable
from typing import Any

from exodrive_emulators.kit.http import Answer, Request
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal.desk.looks import SHOWN, events_of, page
from exodrive_emulators.paypal.invoicing import payments, service, states, telling
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.invoicing.shapes import Notification
from exodrive_emulators.paypal.pages import PAGES
from exodrive_emulators.paypal.states import Act
from exodrive_emulators.paypal.world import PayPal

Form = dict[str, str]
Deed = Callable[[PayPal, str, Form], str]
SAMPLE: dict[str, Any] = {
    "detail": {"currency_code": "USD", "note": "For the days you had our car."},
    "items": [{"name": "Sample charge", "quantity": "1", "unit_amount": {"currency_code": "USD", "value": "180.00"}}],
    "primary_recipients": [{"billing_info": {"email_address": "payer@personal.example"}}],
    "configuration": {"partial_payment": {"allow_partial_payment": True}},
}


async def show_all(world: PayPal, request: Request) -> Answer:
    """GET /invoices, newest first."""
    return page(world, request, "bills.html", "Invoices", rows=list(world.bills)[: -SHOWN - 1 : -1])


async def show_one(world: PayPal, request: Request) -> Answer:
    """GET /invoices/{id}: everything about one, and what can be done next."""
    it = world.bills.get(request.params["id"])
    if not it:
        return PAGES.answer("unsent.html", 404)
    rels = {link["rel"] for link in telling.invoice(world, it)["links"]}
    ends = it.status in states.OPEN
    taken = [capture for paid in it.payments if (capture := world.captures.get(paid.id))]
    told = events_of(world, {it.id, *(one.id for one in taken)})
    return page(world, request, "bill_desk.html", "", bill=it, rels=rels, ends=ends, taken=taken, events=told)


def create(world: PayPal, _: str, form: Form) -> str:
    """A sample draft; `form` is told where it is."""
    form["back"] = f"/invoices/{service.create(world, SAMPLE).id}"
    return "Written. Send it, then pay it as the payer."


def send(world: PayPal, bill_id: str, _: Form) -> str:
    """To the payer."""
    return "Sent." if service.send(world, _bill(world, bill_id), Notification()) else "It will be sent when its day comes."


def remind(world: PayPal, bill_id: str, _: Form) -> str:
    """Of what is due."""
    service.remind(world, _bill(world, bill_id))
    return "Reminded."


def cancel(world: PayPal, bill_id: str, _: Form) -> str:
    """It need not be paid."""
    service.cancel(world, _bill(world, bill_id))
    return "Cancelled."


def lapse(world: PayPal, bill_id: str, _: Form) -> str:
    """PayPal gives up waiting."""
    service.fall_due(world, _bill(world, bill_id), Act.VOID)
    return "Cancelled by PayPal."


def record(world: PayPal, bill_id: str, form: Form) -> str:
    """Paid otherwise, in part or all that is due."""
    it = _bill(world, bill_id)
    payments.record(world, it, {"method": "CASH", **_amount(form, it)})
    return "Recorded."


def record_refund(world: PayPal, bill_id: str, form: Form) -> str:
    """Given back otherwise."""
    it = _bill(world, bill_id)
    payments.record_refund(world, it, {"method": "CASH", **_amount(form, it)})
    return "Recorded."


def _bill(world: PayPal, bill_id: str) -> Invoice:
    return service.find(world, bill_id)


def _amount(form: Form, it: Invoice) -> dict[str, Any]:
    value = form.get("value", "").strip()
    return {"amount": {"currency_code": it.sums.currency, "value": value}} if value else {}


DEEDS: dict[str, Deed] = {
    "write": create, "send": send, "remind": remind, "cancel": cancel, "lapse": lapse, "record": record, "record-refund": record_refund,
}  # fmt: skip
LINES: list[Line[PayPal]] = [("GET", "/invoices", show_all), ("GET", "/invoices/{id}", show_one)]
