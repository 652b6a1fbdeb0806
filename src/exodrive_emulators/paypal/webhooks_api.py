"""The calls about listeners: register, list, show, change, remove; and the types of events there are."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import events
from exodrive_emulators.paypal.door import door
from exodrive_emulators.paypal.errors import error, invalid
from exodrive_emulators.paypal.model import Webhook
from exodrive_emulators.paypal.world import PayPal

BASE = "/v1/notifications/webhooks"
MOST = 10
_MOST_TYPES = 500


class Type(msgspec.Struct):
    """The name of a type of events, or `*`."""

    name: str


class Registration(msgspec.Struct):
    """A listener to be."""

    url: str
    event_types: list[Type]


class Change(msgspec.Struct):
    """One JSON patch: only the address and the types can be replaced."""

    op: str
    path: str
    value: Any = None


class Wrong(Exception):
    """A listener cannot be like this; the field and the sentence."""


async def create(world: PayPal, request: Request) -> Answer:
    """POST /v1/notifications/webhooks."""
    try:
        told = msgspec.json.decode(request.body, type=Registration)
        webhook = _checked(world, Webhook(ids.paypal_id(), told.url, [it.name for it in told.event_types]))
    except msgspec.MsgspecError as wrong:
        return invalid(str(wrong))
    except Wrong as wrong:
        return invalid(wrong.args[1], field=wrong.args[0])
    if len(world.webhooks) >= MOST:
        return invalid("The maximum number of webhooks is registered.")
    return json_answer(201, view(world, world.webhooks.put(webhook.id, webhook)))


async def list_all(world: PayPal, _: Request) -> Answer:
    """GET /v1/notifications/webhooks."""
    return json_answer(200, {"webhooks": [view(world, it) for it in world.webhooks]})


async def show(world: PayPal, request: Request) -> Answer:
    """GET …/{id}."""
    webhook = world.webhooks.get(request.params["id"])
    return json_answer(200, view(world, webhook)) if webhook else error(404)


async def change(world: PayPal, request: Request) -> Answer:
    """PATCH …/{id}: replaces /url and /event_types, both or neither."""
    webhook = world.webhooks.get(request.params["id"])
    if not webhook:
        return error(404)
    try:
        changed = webhook
        for patch in msgspec.json.decode(request.body, type=list[Change]):
            changed = _patched(changed, patch)
        changed = _checked(world, changed)
    except msgspec.MsgspecError as wrong:
        return invalid(str(wrong))
    except Wrong as wrong:
        return invalid(wrong.args[1], field=wrong.args[0])
    return json_answer(200, view(world, world.webhooks.put(changed.id, changed)))


async def remove(world: PayPal, request: Request) -> Answer:
    """DELETE …/{id}."""
    if not world.webhooks.get(request.params["id"]):
        return error(404)
    world.webhooks.drop(request.params["id"])
    return Answer(204)


async def types_of(world: PayPal, request: Request) -> Answer:
    """GET …/{id}/event-types."""
    webhook = world.webhooks.get(request.params["id"])
    return json_answer(200, {"event_types": view(world, webhook)["event_types"]}) if webhook else error(404)


async def all_types(world: PayPal, _: Request) -> Answer:
    """GET /v1/notifications/webhooks-event-types."""
    return json_answer(200, {"event_types": [_type(name) for name in (*events.KINDS, *sorted(events.ELSEWHERE))]})


def view(world: PayPal, it: Webhook) -> dict[str, Any]:
    """A listener as PayPal shows it."""
    here = f"{world.url}{BASE}/{it.id}"
    links = [{"href": here, "rel": rel, "method": method} for rel, method in (("self", "GET"), ("update", "PATCH"), ("delete", "DELETE"))]
    return {"id": it.id, "url": it.url, "event_types": [_type(name) for name in it.event_types], "links": links}


def _type(name: str) -> dict[str, Any]:
    if name == "*":
        return {"name": "*", "description": "ALL"}
    told = events.KINDS.get(name, ("", name))[1].partition(" for {")[0]
    return {"name": name, "description": told, "status": "ENABLED", "resource_versions": ["2.0"]}


def _patched(webhook: Webhook, patch: Change) -> Webhook:
    if patch.op != "replace" or patch.path not in ("/url", "/event_types"):
        raise Wrong("/path", "Only /url and /event_types can be replaced.")
    if patch.path == "/url":
        return msgspec.structs.replace(webhook, url=msgspec.convert(patch.value, str))
    names = [it.name for it in msgspec.convert(patch.value, list[Type])]
    return msgspec.structs.replace(webhook, event_types=names)


def reachable(url: str) -> bool:
    """Whether an event could be sent there: a host by http or https, on a port there can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and len(url) <= 2048
    except ValueError:  # such as a port beyond 65535
        return False


def _checked(world: PayPal, webhook: Webhook) -> Webhook:
    if not reachable(webhook.url):
        raise Wrong("url", "Not a valid webhook URL.")
    if any(it.url == webhook.url and it.id != webhook.id for it in world.webhooks):
        raise Wrong("url", "Webhook URL already exists.")
    if not webhook.event_types:
        raise Wrong("event_types", "Event types are missing.")
    if len(webhook.event_types) > _MOST_TYPES:
        raise Wrong("event_types", f"At most {_MOST_TYPES} event types can be named.")
    if unknown := [name for name in webhook.event_types if name not in ("*", *events.KINDS, *events.ELSEWHERE)]:
        raise Wrong("event_types", f"Not a valid event type: {unknown[0]}")
    return webhook


LINES: list[Line[PayPal]] = [
    ("POST", BASE, door("webhooks.post", create)),
    ("GET", BASE, door("webhooks.list", list_all)),
    ("GET", f"{BASE}/{{id}}", door("webhooks.get", show)),
    ("PATCH", f"{BASE}/{{id}}", door("webhooks.update", change)),
    ("DELETE", f"{BASE}/{{id}}", door("webhooks.delete", remove)),
    ("GET", f"{BASE}/{{id}}/event-types", door("event-types.list", types_of)),
    ("GET", "/v1/notifications/webhooks-event-types", door("webhooks-event-types.list", all_types)),
]
