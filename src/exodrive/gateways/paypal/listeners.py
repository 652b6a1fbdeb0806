"""Who hears what happens at PayPal: the webhooks of our app, registered, changed, and told again. For operators, not for requests."""

from collections.abc import Collection, Sequence
from urllib.parse import quote

import msgspec

from exodrive.gateways.paypal.client import PayPalClient

_WEBHOOKS = "/v1/notifications/webhooks"
_EVENTS = "/v1/notifications/webhooks-events"


class EventType(msgspec.Struct, frozen=True):
    """A kind of event, as PayPal names it."""

    name: str


class Listener(msgspec.Struct, frozen=True):
    """A registered webhook."""

    id: str
    url: str
    event_types: tuple[EventType, ...] = ()

    @property
    def events(self) -> frozenset[str]:
        """The kinds of events it hears."""
        return frozenset(kind.name for kind in self.event_types)

    def misses(self, wanted: Collection[str]) -> list[str]:
        """Return the wanted kinds it does not hear."""
        return [] if "*" in self.events else sorted(set(wanted) - self.events)


class _All(msgspec.Struct, frozen=True):
    webhooks: tuple[Listener, ...] = ()


class Listeners:
    """The webhooks of our app. Every call may raise Refused, Unknown, Unreachable and Busy."""

    def __init__(self, client: PayPalClient) -> None:
        self._client = client

    async def all(self) -> tuple[Listener, ...]:
        """Return what is registered."""
        return (await self._client.ask(_read_all, "GET", _WEBHOOKS)).webhooks

    async def add(self, url: str, events: Sequence[str]) -> Listener:
        """Register an address for these kinds of events."""
        return await self._client.ask(_read_one, "POST", _WEBHOOKS, {"url": url, "event_types": _types(events)})

    async def change(self, listener_id: str, events: Sequence[str]) -> Listener:
        """Let a listener hear exactly these kinds of events."""
        patch = [{"op": "replace", "path": "/event_types", "value": _types(events)}]
        return await self._client.ask(_read_one, "PATCH", f"{_WEBHOOKS}/{quote(listener_id, safe='')}", patch)

    async def tell_again(self, event_id: str, listener_id: str) -> None:
        """Have an event delivered again, as a new transmission."""
        path = f"{_EVENTS}/{quote(event_id, safe='')}/resend"
        await self._client.ask(bytes, "POST", path, {"webhook_ids": [listener_id]})


def _types(events: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in sorted(events)]


def _read_all(body: bytes) -> _All:
    return msgspec.json.decode(body, type=_All)


def _read_one(body: bytes) -> Listener:
    return msgspec.json.decode(body, type=Listener)
