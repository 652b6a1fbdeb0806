"""The desk's pages: orders, one order, holds, the ledger, deliveries, the clock, faults."""

from datetime import datetime
from typing import Any

from exodrive_emulators.kit.faults import Kind
from exodrive_emulators.kit.http import Answer, Request
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import authorizations, ledger, orders
from exodrive_emulators.paypal.model import Amount, Authorization, Capture, Delivery, Due, Order, Refund
from exodrive_emulators.paypal.pages import PAGES
from exodrive_emulators.paypal.states import Mode, Trick
from exodrive_emulators.paypal.world import PayPal

SHOWN = 100  # newest lines of a long list
STEPS = (("1 hour", 3600), ("1 day", 86_400), ("3 days", 259_200), ("7 days", 604_800), ("29 days", 2_505_600))


def page(world: PayPal, request: Request, name: str, here: str, **values: Any) -> Answer:
    """A page with the bar above it, and what the last deed had to say."""
    said = request.query.get("said", "")[:300]
    return PAGES.answer(name, here=here, now=world.clock.now(), shift=world.clock.shift, said=said, **values)


async def home(world: PayPal, request: Request) -> Answer:
    """GET /: every order, newest first."""
    rows = [(it, orders.total(it.units), _captures(world, it), _holds(world, it)) for it in list(world.orders)[: -SHOWN - 1 : -1]]
    return page(world, request, "home.html", "Orders", rows=rows, count=len(world.orders))


async def one(world: PayPal, request: Request) -> Answer:
    """GET /orders/{id}: everything about one order, and what can be done next."""
    order = world.orders.get(request.params["id"])
    if not order:
        return PAGES.answer("gone.html", 404)
    taken, held = _captures(world, order), _holds(world, order)
    given = [refund for it in taken for key in it.refund_ids if (refund := world.refunds.get(key))]
    events = events_of(world, {order.id, *(it.id for it in taken), *(it.id for it in held), *(it.id for it in given)})
    amount = Amount(orders.total(order.units), order.units[0].amount.currency)
    lapsed = orders.alive(world, order.id) is None
    values = {"order": order, "amount": amount, "lapsed": lapsed, "captures": taken, "holds": held, "refunds": given}
    return page(world, request, "order.html", "", events=events, left=authorizations.left, **values)


async def holds(world: PayPal, request: Request) -> Answer:
    """GET /holds, newest first."""
    rows = [(it, authorizations.left(it)) for it in list(world.authorizations)[: -SHOWN - 1 : -1]]
    return page(world, request, "holds.html", "Holds", rows=rows, held=ledger.held(world))


async def book(world: PayPal, request: Request) -> Answer:
    """GET /ledger: the sums, and every movement of money, newest first."""
    moves: list[tuple[datetime, Capture | Refund]] = [(it.created, it) for it in (*world.captures, *world.refunds)]
    moves.sort(key=lambda move: move[0], reverse=True)
    rows = [(it, _way(world, it), isinstance(it, Refund)) for _, it in moves[:SHOWN]]
    return page(world, request, "ledger.html", "Ledger", sums=ledger.sums(world), held=ledger.held(world), rows=rows)


async def deliveries(world: PayPal, request: Request) -> Answer:
    """GET /deliveries: listeners, tricks, and what was sent to whom, newest first."""
    newest = list(world.deliveries)[: -SHOWN - 1 : -1]
    known = {"webhooks": list(world.webhooks), "rules": list(world.rules), "tricks": list(Trick), "modes": list(Mode)}
    return page(world, request, "deliveries.html", "Deliveries", rows=newest, **known)


async def clock(world: PayPal, request: Request) -> Answer:
    """GET /clock: the time here, how to move it, and what is due."""
    rows = [(due, _name(world, due)) for due in world.agenda.list()[:SHOWN]]
    return page(world, request, "clock.html", "Clock", steps=STEPS, rows=rows, on_its_way=world.journey.is_under_way)


async def faults(world: PayPal, request: Request) -> Answer:
    """GET /faults: what shall go wrong, and the latest calls."""
    calls = world.calls.list()[:-31:-1]
    return page(world, request, "faults.html", "Faults", faults=world.faults.open, calls=calls, kinds=list(Kind), account=world.account)


def _captures(world: PayPal, order: Order) -> list[Capture]:
    keys = [unit.capture_id for unit in order.units] + [key for it in _holds(world, order) for key in it.capture_ids]
    return [it for key in keys if (it := world.captures.get(key))]


def _holds(world: PayPal, order: Order) -> list[Authorization]:
    first = [it for unit in order.units if (it := world.authorizations.get(unit.authorization_id))]
    return first + [child for it in first if (child := world.authorizations.get(it.child))]


def events_of(world: PayPal, concerned: set[str]) -> list[tuple[datetime, str, str, list[Delivery]]]:
    """What was told of these things, and to whom it was delivered."""
    sent: dict[str, list[Delivery]] = {}
    for delivery in world.deliveries:
        sent.setdefault(delivery.event_id, []).append(delivery)
    fit = [it for it in world.events if concerned & set(it.transactions)]
    return [(it.created, it.event_type, it.id, sent.get(it.id, [])) for it in fit]


def _way(world: PayPal, it: Capture | Refund) -> str:
    """The page it is shown on."""
    taken = it if isinstance(it, Capture) else world.captures.get(it.capture_id)
    if not taken:
        return ""
    return f"/invoices/{taken.bill}" if taken.bill else f"/orders/{taken.order_id}"


def _name(world: PayPal, due: Due) -> tuple[str, str]:
    """What it is, and the page it is shown on."""
    if held := world.authorizations.get(due.thing):
        return "Hold", f"/orders/{held.order_id}"
    if bill := world.bills.get(due.thing):
        return "Invoice", f"/invoices/{bill.id}"
    thing = world.captures.get(due.thing) or world.refunds.get(due.thing)
    return ("Refund" if isinstance(thing, Refund) else "Capture"), _way(world, thing) if thing else ""


LINES: list[Line[PayPal]] = [
    ("GET", "/", home),
    ("GET", "/orders/{id}", one),
    ("GET", "/holds", holds),
    ("GET", "/ledger", book),
    ("GET", "/deliveries", deliveries),
    ("GET", "/clock", clock),
    ("GET", "/faults", faults),
]
