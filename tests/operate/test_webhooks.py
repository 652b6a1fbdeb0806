"""``exodrive webhooks``: against a PayPal that answers, refuses, or is not there."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from exodrive import settings
from exodrive.flows.checkout import pay
from exodrive.flows.webhooks import EVENTS
from exodrive.gateways.paypal import PayPalClient
from exodrive.kit import clock
from exodrive.operate import webhooks
from exodrive.operate.webhooks import PayPalSaidNo
from exodrive.operate.wiring import Wiring
from tests.builders import Build
from tests.flows.conftest import order_in
from tests.operate.test_commands import exodrive
from tests.product import Emulator


@dataclass
class Operator:
    """Somebody at a terminal of an installation that PayPal knows nothing of yet, and a look into PayPal's own list."""

    read: settings.Settings
    client: PayPalClient
    build: Build
    paypal: Emulator

    @property
    def url(self) -> str:
        return f"{self.read.public_url}/api/webhooks/paypal"

    async def registered(self) -> list[dict[str, Any]]:
        answer = await self.client.ask(json.loads, "GET", "/v1/notifications/webhooks")
        return [one for one in answer["webhooks"] if one["url"] == self.url]

    async def approved(self) -> str:
        """A renter approved an order; the id of that event."""
        made = await self.build.held()
        order_id = order_in(await pay.begin(self.build.world, made.id))
        await self.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
        events = await self.client.events(clock.now() - timedelta(hours=1), clock.now() + timedelta(minutes=1))
        return next(event.id for event in events if event.resource.get("id") == order_id)


@pytest.fixture
async def operator(build: Build, paypal: Emulator, _beside: Wiring) -> AsyncIterator[Operator]:
    keys = _beside.keys
    read = settings.load("webhooks command", _beside.settings() | {"EXODRIVE_PUBLIC_URL": f"https://{uuid4().hex}.example"})
    client = PayPalClient(paypal.url, keys.paypal_client_id, keys.paypal_client_secret)
    one = Operator(read, client, Build(replace(build.world, paypal=client), build.superuser_url), paypal)
    yield one
    for left in await one.registered():
        await client.ask(bytes, "DELETE", f"/v1/notifications/webhooks/{left['id']}")
    await client.close()


async def test_registering_twice_registers_once_with_all_that_is_wanted(operator: Operator) -> None:
    done, hint = await webhooks.register(operator.read)
    [one] = await operator.registered()
    assert done == f"Registered: {one['id']} hears {len(EVENTS)} kinds of events at {operator.url}"
    assert {kind["name"] for kind in one["event_types"]} == set(EVENTS)
    assert f"EXODRIVE_PAYPAL_WEBHOOK_ID={one['id']}" in hint
    known = _with(operator.read, paypal_webhook_id=one["id"])
    assert await webhooks.register(known) == [f"Registered already: {one['id']} hears {len(EVENTS)} kinds of events at {operator.url}"]
    assert await operator.registered() == [one]


async def test_what_is_missing_is_shown_and_added_and_what_somebody_else_added_stays(operator: Operator) -> None:
    body = {"url": operator.url, "event_types": [{"name": "INVOICING.INVOICE.PAID"}, {"name": EVENTS[0]}]}
    one = await operator.client.ask(json.loads, "POST", "/v1/notifications/webhooks", body)
    shown = await webhooks.show(_with(operator.read, paypal_webhook_id=one["id"]))
    assert f"    {EVENTS[1]} is missing; run: exodrive webhooks register" in shown
    [done, _] = await webhooks.register(operator.read)
    assert done.startswith("Brought up to date: ")
    [now] = await operator.registered()
    assert {kind["name"] for kind in now["event_types"]} == {*EVENTS, "INVOICING.INVOICE.PAID"}


async def test_an_event_is_delivered_again_or_read_and_worked_on_anew(operator: Operator) -> None:
    event_id = await operator.approved()
    assert await webhooks.replay(operator.read, event_id, read=False) == [f"PayPal delivers {event_id} again."]
    for _ in range(2):
        [told] = await webhooks.replay(operator.read, event_id, read=True)
        assert told == f"{event_id} (CHECKOUT.ORDER.APPROVED) was read; the worker looks at it now."
    [(kept, name)] = await operator.build.rows("select id, transmission_id from webhook_events where event_id = $1", event_id)
    assert name == f"read {event_id}"
    promised = "select count(*) from outbox where topic = 'webhooks.handle' and payload ->> 'event_id' = $1"
    assert await operator.build.value(promised, str(kept)) == 2


async def test_an_event_that_was_worked_on_is_open_again(operator: Operator) -> None:
    event_id = await operator.approved()
    await webhooks.replay(operator.read, event_id, read=True)
    async with operator.build.doors.service().scope() as db:
        await db.execute("update webhook_events set handled_at = exodrive_private.now(), outcome = 'x' where event_id = $1", event_id)
    await webhooks.replay(operator.read, event_id, read=True)
    assert await operator.build.value("select handled_at from webhook_events where event_id = $1", event_id) is None


async def test_what_paypal_does_not_know_is_said_in_a_sentence(operator: Operator) -> None:
    for read in (False, True):
        with pytest.raises(PayPalSaidNo, match="PayPal refused this: "):
            await webhooks.replay(operator.read, "WH-NOTHING-LIKE-IT", read=read)


async def test_with_paypal_away_the_command_says_so(operator: Operator) -> None:
    with pytest.raises(PayPalSaidNo, match="gave no usable answer"):
        await webhooks.show(_with(operator.read, paypal_url="http://127.0.0.1:9"))


async def test_the_list_at_a_terminal_shows_ours_and_what_was_refused(operator: Operator, _beside: Wiring) -> None:  # noqa: PT019
    async with operator.build.doors.service().scope() as db:
        await db.execute(
            """insert into webhook_refusals (source, day, flaw, number) values ('paypal', (exodrive_private.now() at time zone 'UTC')::date,
               'signature', 12) on conflict (source, day, flaw) do update set number = 12"""
        )
    shown = exodrive("webhooks", "list", **_beside.settings())
    assert shown.returncode == 0, shown.stderr
    assert f"{_beside.keys.paypal_webhook_id}  {_beside.web}/api/webhooks/paypal  (this installation)" in shown.stdout
    assert re.search(r"\d{4}-\d\d-\d\d  signature   12$", shown.stdout, re.MULTILINE)


def _with(read: settings.Settings, **changes: Any) -> settings.Settings:
    return msgspec.structs.replace(read, **changes)
