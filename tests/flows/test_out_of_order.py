"""Notices in any order: what was told last or first decides nothing, the resource that is read again does."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from exodrive.flows import webhooks
from exodrive.flows.checkout import capturing, pay
from exodrive.flows.checkout.standing import read
from exodrive.flows.hearing import NotYet
from exodrive.flows.world import World
from exodrive.gateways.paypal import NewRefund, Notice
from exodrive.kit.money import Money
from tests.builders import Build, Made, new_key
from tests.flows.conftest import Payer
from tests.flows.test_webhooks import notice
from tests.share import some

LOOKS_AT_EVERYTHING = True

AT_ONCE = 6  # bookings
FIVE = [
    "CHECKOUT.ORDER.APPROVED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REFUNDED",
]
#: All that a booking, its days and its money come to, without names and moments.
_STATE = """
    select b.status, p.status, p.captured_amount, p.refunded_amount,
           array(select a.status from car_availability a where a.booking_id = b.id),
           array(select distinct e.event_type from booking_events e where e.booking_id = b.id
                 and e.event_type in ('paid', 'refunded', 'cancelled', 'expired')),
           array(select row (o.kind, o.amount, r.outcome) from payment_operations o join payment_results r on r.operation_id = o.id
                 where o.booking_id = b.id and r.is_final and o.kind <> 'create_order' order by o.kind, o.amount),
           (select count(*) from payment_operations o where o.booking_id = b.id
            and not exists (select from payment_results r where r.operation_id = o.id and r.is_final))
    from bookings b join payments p on p.booking_id = b.id where b.id = $1"""
Taken = Callable[[World, Payer, str, Made], Awaitable[Any]]


async def heard(world: World, payer: Payer, order_id: str, made: Made) -> None:
    """We asked for the money, and were told that it is on its way."""
    await pay.capture(world, order_id, patience=0)


async def unheard(world: World, payer: Payer, order_id: str, made: Made) -> None:
    """We asked for the money, and died before the answer."""
    async with world.door.scope() as db:
        now = await read(db, made.id)
    operation = await capturing.intend(world, order_id, now, capturing.SYSTEM)
    await capturing.ask(world, operation, now)  # type: ignore[arg-type]


async def unasked(world: World, payer: Payer, order_id: str, made: Made) -> None:
    """Somebody took it without us."""
    await world.paypal.capture_order(order_id, request_id=new_key())


async def published(capture_id: str, payer: Payer, order_id: str) -> list[Notice]:
    """The events PayPal published about an order, its capture and what went back of it."""
    found = {}
    for name in (order_id, capture_id):
        path = f"/v1/notifications/webhooks-events?transaction_id={name}"
        answer = await payer.world.paypal._authorised("GET", path, {}, b"")  # type: ignore[attr-defined]
        found |= {event["id"]: event for event in msgspec.json.decode(answer.body)["events"]}
    return [notice(event["event_type"], event["resource"], event_id=event["id"]) for event in found.values()]


async def told(payer: Payer, made: Made, order_id: str) -> list[Notice]:
    """What PayPal tells of a booking whose money comes late and goes back in two parts, in the order it happened."""
    capture = (await payer.world.paypal.get_order(order_id)).capture
    assert capture
    await payer.paypal.control("POST", f"captures/{capture.id}/settle", {"act": "complete"})
    for amount in (100, 50):
        part = NewRefund(amount=Money(Decimal(amount), "USD"), invoice_id=new_key(), custom_id=str(made.id))
        await payer.world.paypal.refund_capture(capture.id, part, request_id=new_key())
    notices = await published(capture.id, payer, order_id)
    notices.sort(key=lambda one: (FIVE.index(one.event.event_type), -float(one.event.resource.get("amount", {}).get("value", 0))))
    assert [one.event.event_type for one in notices] == FIVE
    return notices


async def work(world: World, service: World, build: Build, notices: list[Notice]) -> None:
    """Take them in one after the other; what must wait for another is tried again after the rest, as the worker does."""
    waiting = list(notices)
    for _ in range(len(FIVE) ** 2):
        if not waiting:
            return
        one = waiting.pop(0)
        await webhooks.receive(world, one)
        [(event_id,)] = await build.rows("select id from webhook_events where event_id = $1", one.event.id)
        try:
            await webhooks.handle(service, event_id)
        except NotYet:
            waiting.append(one)
    raise AssertionError(f"never done: {[one.event.event_type for one in waiting]}")


@pytest.mark.slow
@pytest.mark.parametrize("taken", [heard, unheard, unasked])
async def test_scenario_6_any_order_of_five_events_ends_the_same(
    build: Build, payer: Payer, world: World, service: World, taken: Taken
) -> None:
    """Refunds before the money came, the completion before the approval: a share of all 120 orders of them."""

    async def end_of(order: tuple[int, ...]) -> tuple[Any, ...]:
        made = await build.held()
        order_id = await payer.approved(made, funding="pending")
        await taken(world, payer, order_id, made)
        notices = await told(payer, made, order_id)
        await work(world, service, build, [notices[place] for place in order])
        [(status, state, captured, *end)] = await build.rows(_STATE, made.id)
        return (status, state, captured == made.held.total.amount, *end)

    ends, orders = {}, some([*itertools.permutations(range(len(FIVE)))])
    for first in range(0, len(orders), AT_ONCE):
        group = orders[first : first + AT_ONCE]
        ends.update(zip(group, await asyncio.gather(*map(end_of, group)), strict=True))
    first_end = ends[orders[0]]
    unlike = {order: end for order, end in ends.items() if end != first_end}
    assert not unlike, f"in order: {first_end}; {len(unlike)} others: {dict(list(unlike.items())[:5])}"
    assert first_end[:4] == ("upcoming", "partly_refunded", True, Decimal(150))
