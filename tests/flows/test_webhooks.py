"""Callbacks: kept once, worked on by reading the resource again, and harmless in any number and order."""

import asyncio

import msgspec
import pytest

from exodrive.flows import webhooks
from exodrive.flows.checkout import capturing, pay
from exodrive.flows.checkout.standing import read
from exodrive.gateways.paypal import Flaw, Forged, Notice
from exodrive.gateways.paypal.webhooks import Event
from exodrive.kit import clock
from exodrive.kit.ids import new_id
from tests.builders import new_key


def notice(event_type, resource, *, event_id=None, transmission=None):
    event = Event(event_id or f"WH-{new_key()}", event_type, "", clock.now(), resource)
    return Notice(transmission or new_key(), clock.now(), event)


async def published(payer, order_id):
    """The events PayPal published about an order and its capture, as notices."""
    found = {}
    for name in [order_id, *(capture["id"] for capture in await payer.captures(order_id))]:
        path = f"/v1/notifications/webhooks-events?transaction_id={name}"
        answer = await payer.world.paypal._authorised("GET", path, {}, b"")
        found |= {event["id"]: event for event in msgspec.json.decode(answer.body)["events"]}
    return [notice(event["event_type"], event["resource"], event_id=event["id"]) for event in found.values()]


async def take_in(world, service, *notices):
    """Receive and work on notices, one after the other."""
    for one in notices:
        await webhooks.receive(world, one)
        for (event_id,) in await _kept(service, one.event.id):
            await webhooks.handle(service, event_id)


async def _kept(service, event_id):
    async with service.door.scope() as db:
        return [tuple(row) for row in await db.fetch("select id from webhook_events where event_id = $1", event_id)]


async def outcome(build, one):
    return await build.value("select outcome from webhook_events where event_id = $1", one.event.id)


async def test_a_message_is_kept_once_and_promised_once(build, world):
    one = notice("CHECKOUT.ORDER.APPROVED", {"id": "5O190127TN364715T"})
    kept = await asyncio.gather(*(webhooks.receive(world, one) for _ in range(10)))
    assert sorted(kept) == [False] * 9 + [True]
    [(event_id,)] = await build.rows("select id from webhook_events where event_id = $1", one.event.id)
    promised = "select count(*) from outbox where topic = 'webhooks.handle' and payload ->> 'event_id' = $1"
    assert await build.value(promised, str(event_id)) == 1


async def test_the_same_transmission_with_another_event_is_refused(build, world):
    """Genuine headers can be put before a forged body: one delivery is one event."""
    first = notice("CHECKOUT.ORDER.APPROVED", {"id": "A"})
    forged = notice("CHECKOUT.ORDER.APPROVED", {"id": "B"}, transmission=first.transmission_id)
    assert await webhooks.receive(world, first)
    with pytest.raises(Forged) as refused:
        await webhooks.receive(world, forged)
    assert refused.value.flaw is Flaw.REPLAY


async def test_an_approved_order_is_captured_although_the_renter_never_came_back(build, payer, world, service):
    made = await build.held()
    order_id = await payer.approved(made)
    [approved] = await published(payer, order_id)
    await take_in(world, service, approved)
    assert await build.status(made) == "upcoming"
    assert await outcome(build, approved) == "paid"
    assert (await pay.capture(world, order_id)).step.value == "paid"
    assert len(await payer.captures(order_id)) == 1
    assert (
        await build.value("select actor_type from booking_events where booking_id = $1 and event_type = 'paid'", made.id)
        == "webhook_paypal"
    )


async def test_a_forged_approval_is_not_believed(build, payer, world, service):
    made = await build.held()
    order_id = await payer.order(made)
    forged = notice("CHECKOUT.ORDER.APPROVED", {"id": order_id, "status": "APPROVED"})
    await take_in(world, service, forged)
    assert await build.status(made) == "pending"
    assert await payer.asked("/capture", order_id) == []


async def test_a_forged_completion_is_not_believed(build, payer, world, service):
    made = await build.held()
    order_id = await payer.approved(made)
    async with world.door.scope() as db:
        now = await read(db, made.id)
    await capturing.intend(world, order_id, now, capturing.SYSTEM)
    resource = {"id": "X", "status": "COMPLETED", "supplementary_data": {"related_ids": {"order_id": order_id}}}
    await take_in(world, service, notice("PAYMENT.CAPTURE.COMPLETED", resource))
    assert await build.status(made) == "pending"


async def test_the_webhook_may_come_before_the_answer(build, payer, world, service, paypal):
    made = await build.held()
    order_id = await payer.approved(made)
    async with world.door.scope() as db:
        now = await read(db, made.id)
    operation = await capturing.intend(world, order_id, now, capturing.SYSTEM)
    result = await capturing.ask(world, operation, now)
    await take_in(world, service, *await published(payer, order_id))
    assert await build.status(made) == "upcoming"
    late = await capturing.record(world, operation, result)
    assert late.step.value == "paid"
    assert (await build.history(made)).count("paid") == 1


async def test_a_pending_payment_that_completed_is_told_by_webhook(build, payer, world, service, paypal):
    made = await build.held()
    order_id = await payer.approved(made, funding="pending")
    await pay.capture(world, order_id, patience=0)
    [capture] = await payer.captures(order_id)
    await paypal.control("POST", f"captures/{capture['id']}/settle", {"act": "complete"})
    completed = [one for one in await published(payer, order_id) if one.event.event_type == "PAYMENT.CAPTURE.COMPLETED"]
    await take_in(world, service, *completed)
    assert await build.status(made) == "upcoming"


async def test_what_we_do_not_know_is_kept_and_marked(build, world, service):
    one = notice("CUSTOMER.SOMETHING.NEW", {"id": "Z"})
    await take_in(world, service, one)
    assert await outcome(build, one) == "ignored"


@pytest.mark.parametrize("resource", [{}, {"id": 7}, {"id": "unknown", "links": "none"}, {"supplementary_data": []}])
@pytest.mark.parametrize("event_type", ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED"])
async def test_an_odd_message_harms_nothing(build, world, service, event_type, resource):
    one = notice(event_type, resource)
    await take_in(world, service, one)
    assert await outcome(build, one) == "not ours"


async def test_an_event_that_is_gone_is_no_work(service):
    await webhooks.handle(service, new_id())
