"""The API calls: each reads, does one thing, answers."""

from datetime import datetime
from typing import Any

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import captures, orders, replay, tokens, views
from exodrive_emulators.paypal.door import door, read_body, reply
from exodrive_emulators.paypal.errors import error
from exodrive_emulators.paypal.model import Event
from exodrive_emulators.paypal.world import PayPal


async def create_order(world: PayPal, request: Request) -> Answer:
    """POST /v2/checkout/orders."""
    body = read_body(request, "orders.create")
    status, made = await replay.once(world, request, "orders.create", replay.ORDERS, lambda: orders.create(world, body).id, alone=False)
    order = orders.find(world, "orders.get", made)
    return reply(request, status, lambda full: views.order(world, order, full=full))


async def show_order(world: PayPal, request: Request) -> Answer:
    """GET /v2/checkout/orders/{id}."""
    return json_answer(200, views.order(world, orders.find(world, "orders.get", request.params["id"]), full=True))


async def capture_order(world: PayPal, request: Request) -> Answer:
    """POST /v2/checkout/orders/{id}/capture."""
    read_body(request, "orders.capture")
    order = orders.find(world, "orders.capture", request.params["id"])
    status, _ = await replay.once(world, request, "orders.capture", replay.ORDERS, lambda: orders.capture(world, order).id, alone=True)
    return reply(request, status, lambda full: views.order(world, order, full=full))


async def show_capture(world: PayPal, request: Request) -> Answer:
    """GET /v2/payments/captures/{id}."""
    return json_answer(200, views.capture(world, captures.find(world, "captures.get", request.params["id"])))


async def refund_capture(world: PayPal, request: Request) -> Answer:
    """POST /v2/payments/captures/{id}/refund."""
    body = read_body(request, captures.REFUND)
    capture = captures.find(world, captures.REFUND, request.params["id"])
    status, made = await replay.once(
        world, request, captures.REFUND, replay.PAYMENTS, lambda: captures.give_back(world, capture, body).id, alone=True
    )
    refund = captures.find_refund(world, made)
    return reply(request, status, lambda full: views.refund(world, refund, full=full))


async def show_refund(world: PayPal, request: Request) -> Answer:
    """GET /v2/payments/refunds/{id}."""
    return json_answer(200, views.refund(world, captures.find_refund(world, request.params["id"])))


async def list_events(world: PayPal, request: Request) -> Answer:
    """GET /v1/notifications/webhooks-events, newest first: start_time, end_time, event_type, transaction_id, page_size."""
    try:
        fit = [it for it in world.events if _wanted(it, request.query)][::-1]
        size = int(request.query.get("page_size", "10"))
    except (ValueError, TypeError):  # not a number, not a time, or a time without its zone
        return error(400)
    bodies: list[dict[str, Any]] = [it.body for it in fit[: max(1, min(size, 300))]]
    return json_answer(200, {"events": bodies, "count": len(bodies), "links": []})


async def show_event(world: PayPal, request: Request) -> Answer:
    """GET /v1/notifications/webhooks-events/{id}."""
    event = world.events.get(request.params["id"])
    return json_answer(200, event.body) if event else error(404)


async def show_certificates(world: PayPal, request: Request) -> Answer:
    """GET /v1/notifications/certs/{name}: leaf and intermediate, for everybody."""
    if request.params["name"] != world.chain.name:
        return error(404)
    return Answer(200, world.chain.pem, {"content-type": "application/x-pem-file"})


def _wanted(event: Event, query: dict[str, str]) -> bool:
    start, end = query.get("start_time"), query.get("end_time")
    return (
        query.get("event_type") in (None, event.event_type)
        and (not query.get("transaction_id") or query["transaction_id"] in event.transactions)
        and (not start or event.created >= datetime.fromisoformat(start))
        and (not end or event.created <= datetime.fromisoformat(end))
    )


LINES: list[Line[PayPal]] = [
    ("POST", "/v1/oauth2/token", tokens.issue),
    ("POST", "/v2/checkout/orders", door("orders.create", create_order)),
    ("GET", "/v2/checkout/orders/{id}", door("orders.get", show_order)),
    ("POST", "/v2/checkout/orders/{id}/capture", door("orders.capture", capture_order)),
    ("GET", "/v2/payments/captures/{id}", door("captures.get", show_capture)),
    ("POST", "/v2/payments/captures/{id}/refund", door(captures.REFUND, refund_capture)),
    ("GET", "/v2/payments/refunds/{id}", door("refunds.get", show_refund)),
    ("GET", "/v1/notifications/webhooks-events", door("webhooks-events.list", list_events)),
    ("GET", "/v1/notifications/webhooks-events/{id}", door("webhooks-events.get", show_event)),
    ("GET", "/v1/notifications/certs/{name}", show_certificates),
]
