"""PayPal's part of the control interface: the payer, listeners, deliveries, the ledger."""

from typing import Annotated

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.control import read, show_clock
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import ledger, money, orders, payer, views
from exodrive_emulators.paypal.model import Webhook
from exodrive_emulators.paypal.states import Funding, IllegalMove, Mode
from exodrive_emulators.paypal.world import PayPal


class Approval(msgspec.Struct, forbid_unknown_fields=True):
    """What the payer pays with."""

    funding: Funding = Funding.INSTANT


class Listener(msgspec.Struct, forbid_unknown_fields=True):
    """A webhook to register, at an address where nobody has to be; an id is made up when none is given."""

    url: Annotated[str, msgspec.Meta(min_length=1)]
    id: str = ""
    event_types: list[str] = msgspec.field(default_factory=lambda: ["*"])


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """A listener's switch."""

    mode: Mode


async def list_orders(world: PayPal, _: Request) -> Answer:
    """GET /control/orders: all, with what the payer chose."""
    return json_answer(200, [{**views.order(world, it, full=True), "funding": it.funding} for it in world.orders])


async def approve(world: PayPal, request: Request) -> Answer:
    """POST /control/orders/{id}/approve {"funding": "instant" | "declined" | "pending"}."""
    return _approve(world, request, read(request, Approval).funding)


async def decline(world: PayPal, request: Request) -> Answer:
    """POST /control/orders/{id}/decline: approved, but the funding source will be declined."""
    return _approve(world, request, Funding.DECLINED)


def _approve(world: PayPal, request: Request, funding: Funding) -> Answer:
    order = orders.alive(world, request.params["id"])
    if not order:
        return json_answer(404, {"error": "No such order, or its time ran out."})
    try:
        orders.approve(world, order, funding)
    except IllegalMove as wrong:
        return json_answer(409, {"error": str(wrong)})
    return json_answer(200, {"status": order.status, "return_url": payer.way_back(order)})


class Followed(msgspec.Struct, forbid_unknown_fields=True):
    """Where those who follow this clock are: seconds ahead of the real time."""

    shift: float


async def clock_followed(world: PayPal, request: Request) -> Answer:
    """POST /control/clock/followed {"shift": seconds}: all who follow this clock are there."""
    world.journey.follow(read(request, Followed).shift)
    world.post_due.set()
    return await show_clock(world, request)


async def list_webhooks(world: PayPal, _: Request) -> Answer:
    """GET /control/webhooks."""
    return json_answer(200, list(world.webhooks))


async def add_webhook(world: PayPal, request: Request) -> Answer:
    """POST /control/webhooks {"url", "id", "event_types"}; the same id again replaces."""
    return json_answer(201, register(world, read(request, Listener)))


def register(world: PayPal, listener: Listener) -> Webhook:
    """Keep a listener."""
    webhook = Webhook(listener.id or ids.paypal_id(), listener.url, listener.event_types)
    return world.webhooks.put(webhook.id, webhook)


async def switch_webhook(world: PayPal, request: Request) -> Answer:
    """PATCH /control/webhooks/{id} {"mode": "deliver" | "pause" | "duplicate" | "drop"}."""
    webhook = world.webhooks.get(request.params["id"])
    if not webhook:
        return json_answer(404, {"error": "No such webhook."})
    switch(world, webhook, read(request, Switch).mode)
    return json_answer(200, webhook)


def switch(world: PayPal, webhook: Webhook, mode: Mode) -> None:
    """Change what happens to deliveries to a listener; what a pause kept waiting is due when it ends."""
    if webhook.mode is Mode.PAUSE:
        world.post_now(webhook.id)
    webhook.mode = mode
    world.webhooks.put(webhook.id, webhook)
    world.post_due.set()


async def drop_webhook(world: PayPal, request: Request) -> Answer:
    """DELETE /control/webhooks/{id}."""
    world.webhooks.drop(request.params["id"])
    return Answer(204)


async def list_deliveries(world: PayPal, _: Request) -> Answer:
    """GET /control/deliveries, oldest first."""
    return json_answer(200, list(world.deliveries))


async def show_ledger(world: PayPal, request: Request) -> Answer:
    """GET /control/ledger: sums by currency; `pending` is not part of `captured`. `?of=a,b` shows what bears one of these custom ids."""
    of = {name for name in request.query.get("of", "").split(",") if name}
    rows = [views.capture(world, it) | {"refunded": money.text(it.refunded, it.amount.currency)} for it in world.captures]
    holds = [views.authorization(world, it) | {"captured": money.text(it.captured, it.amount.currency)} for it in world.authorizations]
    given = [views.refund(world, it) for it in world.refunds]
    movements = {"captures": rows, "refunds": given, "authorizations": holds}
    shown = {what: [row for row in found if not of or row.get("custom_id") in of] for what, found in movements.items()}
    return json_answer(200, {"sums": ledger.sums(world), **shown})


async def show_root(world: PayPal, _: Request) -> Answer:
    """GET /control/root.pem: what a client has to trust."""
    return Answer(200, world.chain.root_pem, {"content-type": "application/x-pem-file"})


LINES: list[Line[PayPal]] = [
    ("GET", "/control/orders", list_orders),
    ("POST", "/control/orders/{id}/approve", approve),
    ("POST", "/control/orders/{id}/decline", decline),
    ("POST", "/control/clock/followed", clock_followed),
    ("GET", "/control/webhooks", list_webhooks),
    ("POST", "/control/webhooks", add_webhook),
    ("PATCH", "/control/webhooks/{id}", switch_webhook),
    ("DELETE", "/control/webhooks/{id}", drop_webhook),
    ("GET", "/control/deliveries", list_deliveries),
    ("GET", "/control/ledger", show_ledger),
    ("GET", "/control/root.pem", show_root),
]
