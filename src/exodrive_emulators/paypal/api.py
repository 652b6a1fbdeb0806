"""The calls about orders, captures and refunds: each reads, does one thing, answers."""

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import captures, orders, patches, replay, tokens, views
from exodrive_emulators.paypal.door import door, read_body, reply
from exodrive_emulators.paypal.world import PayPal


async def create_order(world: PayPal, request: Request) -> Answer:
    """POST /v2/checkout/orders."""
    body, request_id = read_body(request, "orders.create"), request.headers.get(replay.HEADER, "")

    def made_by() -> str:
        return orders.create(world, body, request_id).id

    status, made = await replay.once(world, request, "orders.create", replay.ORDERS, made_by, alone=False)
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


async def patch_order(world: PayPal, request: Request) -> Answer:
    """PATCH /v2/checkout/orders/{id}."""
    patches.apply(world, orders.find(world, patches.OPERATION, request.params["id"]), request.body)
    return Answer(204)


async def authorize_order(world: PayPal, request: Request) -> Answer:
    """POST /v2/checkout/orders/{id}/authorize."""
    read_body(request, "orders.authorize")
    order = orders.find(world, "orders.authorize", request.params["id"])
    status, _ = await replay.once(world, request, "orders.authorize", replay.ORDERS, lambda: orders.authorize(world, order).id, alone=True)
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


LINES: list[Line[PayPal]] = [
    ("POST", "/v1/oauth2/token", tokens.issue),
    ("POST", "/v2/checkout/orders", door("orders.create", create_order)),
    ("GET", "/v2/checkout/orders/{id}", door("orders.get", show_order)),
    ("PATCH", "/v2/checkout/orders/{id}", door(patches.OPERATION, patch_order)),
    ("POST", "/v2/checkout/orders/{id}/authorize", door("orders.authorize", authorize_order)),
    ("POST", "/v2/checkout/orders/{id}/capture", door("orders.capture", capture_order)),
    ("GET", "/v2/payments/captures/{id}", door("captures.get", show_capture)),
    ("POST", "/v2/payments/captures/{id}/refund", door(captures.REFUND, refund_capture)),
    ("GET", "/v2/payments/refunds/{id}", door("refunds.get", show_refund)),
]
