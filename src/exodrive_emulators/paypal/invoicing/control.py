"""The control interface for invoices: all of them, a payer who pays, PayPal that gives up waiting."""

from decimal import Decimal

import msgspec

from exodrive_emulators.kit.control import read
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import views
from exodrive_emulators.paypal.invoicing import payments, service, telling
from exodrive_emulators.paypal.states import Act, Funding, IllegalMove
from exodrive_emulators.paypal.world import PayPal

NONE = {"error": "No such invoice."}


class Payment(msgspec.Struct, forbid_unknown_fields=True):
    """What the payer pays, all that is due without a value, and what with."""

    value: Decimal | None = None
    funding: Funding = Funding.INSTANT


async def list_all(world: PayPal, _: Request) -> Answer:
    """GET /control/invoices."""
    return json_answer(200, [telling.invoice(world, it) for it in world.bills])


async def pay(world: PayPal, request: Request) -> Answer:
    """POST /control/invoices/{id}/pay {"value": "10.00", "funding": "instant" | "pending" | "declined"}: the capture it made."""
    it, wanted = world.bills.get(request.params["id"]), read(request, Payment)
    if not it:
        return json_answer(404, NONE)
    if wanted.funding is Funding.DECLINED:
        return json_answer(200, {})
    try:
        taken = payments.pay(world, it, it.left if wanted.value is None else wanted.value, pending=wanted.funding is Funding.PENDING)
    except IllegalMove as wrong:
        return json_answer(409, {"error": str(wrong)})
    return json_answer(200, views.capture(world, taken))


async def lapse(world: PayPal, request: Request) -> Answer:
    """POST /control/invoices/{id}/lapse: PayPal cancels it by itself."""
    it = world.bills.get(request.params["id"])
    if not it:
        return json_answer(404, NONE)
    try:
        service.fall_due(world, it, Act.VOID)
    except IllegalMove as wrong:
        return json_answer(409, {"error": str(wrong)})
    return json_answer(200, telling.invoice(world, it))


LINES: list[Line[PayPal]] = [
    ("GET", "/control/invoices", list_all),
    ("POST", "/control/invoices/{id}/pay", pay),
    ("POST", "/control/invoices/{id}/lapse", lapse),
]
