"""The calls about events: list, show, send again, check a signature, make one up; and the certificates."""

import base64
import binascii
import zlib
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import events, samples
from exodrive_emulators.paypal.door import door
from exodrive_emulators.paypal.errors import error, invalid
from exodrive_emulators.paypal.model import Event, Webhook
from exodrive_emulators.paypal.signing import ALGORITHM
from exodrive_emulators.paypal.webhooks_api import reachable
from exodrive_emulators.paypal.world import PayPal

BASE = "/v1/notifications"
SIMULATED = "WEBHOOK_ID"  # the webhook id that simulated events are signed for
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Resend(msgspec.Struct):
    """Which listeners get the event again; all that wanted it when left out."""

    webhook_ids: list[str] = []


class Transmission(msgspec.Struct):
    """What a listener wants to have checked; the event stays the bytes it was."""

    auth_algo: Text
    cert_url: Text
    transmission_id: Text
    transmission_sig: Text
    transmission_time: Text
    webhook_id: Text
    webhook_event: msgspec.Raw


class Simulation(msgspec.Struct):
    """A made-up event for one listener or one address."""

    event_type: Annotated[str, msgspec.Meta(max_length=50)]
    webhook_id: str = ""
    url: str = ""


async def list_events(world: PayPal, request: Request) -> Answer:
    """GET /v1/notifications/webhooks-events, newest first: start_time, end_time, event_type, transaction_id, page_size."""
    try:
        fit = [it for it in world.events if _wanted(it, request.query)][::-1]
        size, begin = int(request.query.get("page_size", "10")), int(request.query.get("page_token", "0"))
    except (ValueError, TypeError):  # not a number, not a time, or a time without its zone
        return error(400)
    begin, size = max(0, begin), max(1, min(size, 300))
    bodies: list[dict[str, Any]] = [it.body for it in fit[begin : begin + size]]
    more = urlencode({**request.query, "page_size": size, "page_token": begin + size})
    links = [{"href": f"{world.url}{EVENTS}?{more}", "rel": "next", "method": "GET"}] if len(fit) > begin + size else []
    return json_answer(200, {"events": bodies, "count": len(bodies), "links": links})


async def show_event(world: PayPal, request: Request) -> Answer:
    """GET /v1/notifications/webhooks-events/{id}."""
    event = world.events.get(request.params["id"])
    return json_answer(200, event.body) if event else error(404)


async def show_certificates(world: PayPal, request: Request) -> Answer:
    """GET /v1/notifications/certs/{name}: leaf and intermediate, for everybody."""
    pem = world.chains.pem(request.params["name"])
    return Answer(200, pem, {"content-type": "application/x-pem-file"}) if pem else error(404)


async def resend(world: PayPal, request: Request) -> Answer:
    """POST …/webhooks-events/{id}/resend: as a new transmission."""
    event = world.events.get(request.params["id"])
    if not event:
        return error(404)
    try:
        wanted = msgspec.json.decode(request.body or b"{}", type=Resend).webhook_ids
    except msgspec.MsgspecError as wrong:
        return invalid(str(wrong))
    if unknown := [it for it in wanted if not world.webhooks.get(it)]:
        return invalid(f"No webhook {unknown[0]}.", field="webhook_ids")
    for webhook in world.webhooks:
        if webhook.id in wanted if wanted else events.wants(webhook, event):
            events.queue(world, event, webhook)
    world.post_due.set()
    return json_answer(202, event.body)


async def verify(world: PayPal, request: Request) -> Answer:
    """POST /v1/notifications/verify-webhook-signature: by our own certificate and our listeners only."""
    try:
        told = msgspec.json.decode(request.body, type=Transmission)
    except msgspec.MsgspecError as wrong:
        return invalid(str(wrong))
    return json_answer(200, {"verification_status": "SUCCESS" if _genuine(world, told) else "FAILURE"})


def _genuine(world: PayPal, told: Transmission) -> bool:
    text = f"{told.transmission_id}|{told.transmission_time}|{told.webhook_id}|{zlib.crc32(told.webhook_event)}"
    try:
        signature = base64.b64decode(told.transmission_sig, validate=True)
    except (binascii.Error, ValueError):
        return False
    known = told.auth_algo == ALGORITHM and told.cert_url == events.certificate_url(world) and world.webhooks.get(told.webhook_id)
    return bool(known) and world.chain.signed(text.encode(), signature)


async def simulate(world: PayPal, request: Request) -> Answer:
    """POST /v1/notifications/simulate-event: sent once, kept nowhere, signed for the webhook id WEBHOOK_ID."""
    try:
        told = msgspec.json.decode(request.body, type=Simulation)
    except msgspec.MsgspecError as wrong:
        return invalid(str(wrong))
    webhook = world.webhooks.get(told.webhook_id)
    url = told.url or (webhook.url if webhook else "")
    if not url:
        return invalid("Say a webhook_id that exists, or a url.", field="webhook_id")
    if not reachable(url):
        return invalid("Not a valid webhook URL.", field="url")
    if told.event_type not in events.KINDS:
        return invalid("Not a valid event type.", field="event_type")
    event = events.make(world, told.event_type, samples.resource(world, told.event_type))
    world.simulated.put(event.id, event)
    events.queue(world, event, Webhook(SIMULATED, url, ["*"]), url=url)
    world.post_due.set()
    return json_answer(202, event.body)


def _wanted(event: Event, query: dict[str, str]) -> bool:
    start, end = query.get("start_time"), query.get("end_time")
    return (
        query.get("event_type") in (None, event.event_type)
        and (not query.get("transaction_id") or query["transaction_id"] in event.transactions)
        and (not start or event.created >= datetime.fromisoformat(start))
        and (not end or event.created <= datetime.fromisoformat(end))
    )


EVENTS = f"{BASE}/webhooks-events"
LINES: list[Line[PayPal]] = [
    ("GET", EVENTS, door("webhooks-events.list", list_events)),
    ("GET", f"{EVENTS}/{{id}}", door("webhooks-events.get", show_event)),
    ("POST", f"{EVENTS}/{{id}}/resend", door("webhooks-events.resend", resend)),
    ("POST", f"{BASE}/verify-webhook-signature", door("verify-webhook-signature.post", verify)),
    ("POST", f"{BASE}/simulate-event", door("simulate-event.post", simulate)),
    ("GET", f"{BASE}/certs/{{name}}", show_certificates),
]
