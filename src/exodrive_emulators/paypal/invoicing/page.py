"""The page on which a payer sees an invoice and pays it."""

from decimal import Decimal, InvalidOperation

from exodrive_emulators.kit.http import Answer, Request, see_other
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.invoicing import payments
from exodrive_emulators.paypal.invoicing.model import Invoice
from exodrive_emulators.paypal.invoicing.states import PAYABLE, UNSENT
from exodrive_emulators.paypal.pages import PAGES
from exodrive_emulators.paypal.states import IllegalMove
from exodrive_emulators.paypal.world import PayPal

SAID = {
    "paid": "Paid. Thank you.",
    "pending": "The payment is under way; it arrives when it has been looked at.",
    "declined": "The funding source was declined. Nothing was paid; choose another one.",
    "amount": "That amount cannot be paid.",
}


async def ask(world: PayPal, request: Request) -> Answer:
    """GET /invoice/p/{id}, and the page of its details."""
    it = world.bills.get(request.params["id"])
    if not it or it.status in UNSENT:
        return PAGES.answer("unsent.html", 404)
    code, said = it.sums.currency, SAID.get(request.query.get("said", ""), "")
    sums = {"left": money.text(it.left, code), "least": money.text(payments.least(it), code)}
    return PAGES.answer("bill.html", 200, bill=it, payable=it.status in PAYABLE, said=said, **sums)


async def decide(world: PayPal, request: Request) -> Answer:
    """POST /invoice/p/{id}: one of the buttons."""
    it, form = world.bills.get(request.params["id"]), request.form()
    if not it or it.status in UNSENT:
        return PAGES.answer("unsent.html", 404)
    said = form.get("choice", "")
    if said in ("pay", "pending"):
        said = _pay(world, it, form.get("value", ""), pending=said == "pending")
    return see_other(f"/invoice/p/{it.id}?said={said if said in SAID else ''}")


def _pay(world: PayPal, it: Invoice, value: str, *, pending: bool) -> str:
    try:
        payments.pay(world, it, Decimal(value) if value.strip() else it.left, pending=pending)
    except (IllegalMove, InvalidOperation):
        return "amount"
    return "pending" if pending else "paid"


LINES: list[Line[PayPal]] = [
    ("GET", "/invoice/p/{id}", ask),
    ("POST", "/invoice/p/{id}", decide),
]
