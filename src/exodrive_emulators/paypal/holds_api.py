"""The calls about holds: get, capture, re-authorize, void."""

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import authorizations as holds
from exodrive_emulators.paypal import captures, replay, views
from exodrive_emulators.paypal.door import door, full_wanted, read_body, reply
from exodrive_emulators.paypal.world import PayPal

GET = "authorizations.get"
BASE = "/v2/payments/authorizations/{id}"


async def show(world: PayPal, request: Request) -> Answer:
    """GET: a hold, always in full."""
    return json_answer(200, views.authorization(world, holds.find(world, GET, request.params["id"])))


async def capture(world: PayPal, request: Request) -> Answer:
    """POST …/capture."""
    body = read_body(request, holds.CAPTURE)
    held = holds.find(world, holds.CAPTURE, request.params["id"])
    status, made = await replay.once(world, request, holds.CAPTURE, replay.PAYMENTS, lambda: holds.take(world, held, body).id, alone=True)
    taken = captures.find(world, "captures.get", made)
    return reply(request, status, lambda full: views.capture(world, taken, full=full))


async def renew(world: PayPal, request: Request) -> Answer:
    """POST …/reauthorize: the answer is the new hold, under an id of its own."""
    body = read_body(request, holds.RENEW)
    held = holds.find(world, holds.RENEW, request.params["id"])
    status, made = await replay.once(world, request, holds.RENEW, replay.PAYMENTS, lambda: holds.renew(world, held, body).id, alone=True)
    return reply(request, status, lambda full: views.authorization(world, holds.find(world, GET, made), full=full))


async def void(world: PayPal, request: Request) -> Answer:
    """POST …/void: nothing comes back unless the hold is asked for."""
    held = holds.find(world, holds.VOID, request.params["id"])
    await replay.once(world, request, holds.VOID, replay.PAYMENTS, lambda: holds.void(world, held).id, alone=True)
    return json_answer(200, views.authorization(world, held)) if full_wanted(request) else Answer(204)


LINES: list[Line[PayPal]] = [
    ("GET", BASE, door(GET, show)),
    ("POST", f"{BASE}/capture", door(holds.CAPTURE, capture)),
    ("POST", f"{BASE}/reauthorize", door(holds.RENEW, renew)),
    ("POST", f"{BASE}/void", door(holds.VOID, void)),
]
