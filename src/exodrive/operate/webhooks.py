"""PayPal's webhooks from the command line: register ours, show what there is, have an event told or read again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from exodrive.flows.catch_up import read_again
from exodrive.flows.webhooks import EVENTS
from exodrive.gateways.errors import GatewayError, Refused
from exodrive.gateways.paypal import Listener, Listeners, PayPalClient
from exodrive.kit import clock
from exodrive.operate.asking import service_door
from exodrive.settings import Settings
from exodrive.webhooks import store
from exodrive.webhooks.model import Cursor

PATH = "/api/webhooks/paypal"
LATELY = timedelta(days=7)


class PayPalSaidNo(Exception):
    """PayPal did not do what an operator asked for."""


async def register(settings: Settings) -> list[str]:
    """Have PayPal tell this installation what happens; asked again, nothing changes. Returns what was done, line by line."""
    url = settings.public_url.rstrip("/") + PATH
    async with _listeners(settings) as (_, listeners):
        ours = next((one for one in await listeners.all() if one.url == url), None)
        if ours is None:
            ours, done = await listeners.add(url, EVENTS), "Registered"
        elif ours.misses(EVENTS):
            ours, done = await listeners.change(ours.id, sorted(ours.events | set(EVENTS))), "Brought up to date"
        else:
            done = "Registered already"
    return [f"{done}: {ours.id} hears {len(ours.events)} kinds of events at {ours.url}", *_setting(settings, ours)]


def _setting(settings: Settings, ours: Listener) -> list[str]:
    if settings.paypal_webhook_id == ours.id:
        return []
    return [f"Now set EXODRIVE_PAYPAL_WEBHOOK_ID={ours.id} and start the web processes anew: until then notices are refused."]


async def show(settings: Settings) -> list[str]:
    """Return what is registered, what is missing from it, how far the list of events was read, and what was refused lately."""
    async with _listeners(settings) as (_, listeners):
        registered = await listeners.all()
    lines = [line for one in registered for line in _described(one, settings)] or ["Nothing is registered; run: exodrive webhooks register"]
    return [*lines, *await _seen(settings)]


def _described(one: Listener, settings: Settings) -> list[str]:
    mine = "  (this installation)" if one.id == settings.paypal_webhook_id else ""
    missing = one.misses(EVENTS) if mine else []
    lines = [f"{one.id}  {one.url}{mine}", *(f"    {event}" for event in sorted(one.events))]
    return lines + [f"    {event} is missing; run: exodrive webhooks register" for event in missing]


async def _seen(settings: Settings) -> list[str]:
    async with service_door(settings.database_worker_url) as door, door.scope() as db:
        until = await store.read_until(db, Cursor.PAYPAL)
        refused = await store.refusals(db, (clock.now() - LATELY).date())
    read = f"PayPal's own list of events was read up to {until:%Y-%m-%d %H:%M} UTC." if until else "PayPal's own list was not read yet."
    counts = [f"    {day}  {flaw:<12}{number}" for day, flaw, number in refused]
    return [read, "Refused in the last seven days:" if counts else "Nothing was refused in the last seven days.", *counts]


async def replay(settings: Settings, event_id: str, *, read: bool) -> list[str]:
    """Have an event delivered again, or with ``read`` read it and work on it here; return what was done."""
    async with _listeners(settings) as (client, listeners):
        if not read:
            if not settings.paypal_webhook_id:
                raise PayPalSaidNo("EXODRIVE_PAYPAL_WEBHOOK_ID is missing; it says to whom the event is told. Or use --read.")
            await listeners.tell_again(event_id, settings.paypal_webhook_id)
            return [f"PayPal delivers {event_id} again."]
        async with service_door(settings.database_worker_url) as door:
            kind = await read_again(client, door, event_id)
    return [f"{event_id} ({kind}) was read; the worker looks at it now."]


@asynccontextmanager
async def _listeners(settings: Settings) -> AsyncIterator[tuple[PayPalClient, Listeners]]:
    client = PayPalClient(settings.paypal_url, settings.paypal_client_id, settings.paypal_client_secret)
    try:
        yield client, Listeners(client)
    except Refused as refused:
        about = f" (debug id {refused.debug_id})" if refused.debug_id else ""
        raise PayPalSaidNo(f"PayPal refused this: {refused.issue}{about}") from refused
    except GatewayError as away:
        raise PayPalSaidNo(f"PayPal gave no usable answer: {away.issue}. Try again in a moment.") from away
    finally:
        await client.close()
