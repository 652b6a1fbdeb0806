"""The payer's side: the approval page."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from exodrive_emulators.kit.http import Answer, Request, see_other
from exodrive_emulators.kit.pages import HERE as KIT
from exodrive_emulators.kit.pages import static_file
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import orders
from exodrive_emulators.paypal.errors import error
from exodrive_emulators.paypal.model import Order
from exodrive_emulators.paypal.pages import HERE, PAGES
from exodrive_emulators.paypal.states import Funding, IllegalMove, OrderStatus
from exodrive_emulators.paypal.world import PAYER, PAYER_ID, PayPal

CHOICES = {  # button: what the funding source will do
    "approve": Funding.INSTANT,
    "decline": Funding.DECLINED,
    "pending": Funding.PENDING,
    "leave": Funding.INSTANT,
}


def way_back(order: Order) -> str:
    """The merchant's return address with token and payer, empty when the order has none."""
    return _with(order.return_url, token=order.id, PayerID=PAYER_ID)


def way_out(order: Order) -> str:
    """The merchant's cancel address with the token."""
    return _with(order.cancel_url, token=order.id)


async def ask(world: PayPal, request: Request) -> Answer:
    """GET /checkoutnow?token=…: the page on which the payer decides."""
    order = orders.alive(world, request.query.get("token", ""))
    if not order:
        return PAGES.answer("gone.html", 404)
    if order.status is OrderStatus.COMPLETED:
        return PAGES.answer("done.html", order=order, way_back=way_back(order), word="paid")
    return PAGES.answer("checkout.html", order=order, sum=orders.total(order.units), payer=PAYER, way_out=way_out(order))


async def decide(world: PayPal, request: Request) -> Answer:
    """POST /checkoutnow: one of the buttons."""
    form = request.form()
    order, choice = orders.alive(world, form.get("token", "")), form.get("choice", "")
    if not order:
        return PAGES.answer("gone.html", 404)
    if choice in CHOICES:
        try:
            orders.approve(world, order, CHOICES[choice])
        except IllegalMove:
            return PAGES.answer("done.html", order=order, way_back=way_back(order), word="paid")
    address = _next_page(order, choice)
    if address:
        return see_other(address)
    return PAGES.answer("done.html", order=order, way_back="", word="approved" if choice in CHOICES else "left")


def _next_page(order: Order, choice: str) -> str:
    """Where the browser goes after a button, empty when it stays."""
    if choice == "cancel":
        return way_out(order)
    return way_back(order) if choice in CHOICES and choice != "leave" else ""


async def static(world: PayPal, request: Request) -> Answer:
    """GET /static/{name}."""
    return static_file((HERE, KIT), request) or error(404)


def _with(address: str, **fields: str) -> str:
    if not address:
        return ""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(fields)]))))


LINES: list[Line[PayPal]] = [
    ("GET", "/checkoutnow", ask),
    ("POST", "/checkoutnow", decide),
    ("GET", "/static/{name}", static),
]
