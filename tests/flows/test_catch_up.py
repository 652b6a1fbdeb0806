"""With every notice lost, PayPal's own list of events is enough: each is kept once and goes the way of a delivered one."""

from datetime import timedelta
from typing import Any

from exodrive.flows import catch_up, webhooks
from exodrive.flows.world import World
from exodrive.gateways.paypal import Notice, client
from exodrive.kit import clock
from exodrive.webhooks import store
from exodrive.webhooks.model import Cursor
from tests.builders import Build, Made, new_key
from tests.flows.conftest import Payer
from tests.product import Emulator


async def kept(build: Build, order_id: str) -> list[tuple[Any, ...]]:
    return await build.rows("select id, event_id, transmission_id from webhook_events where resource_id = $1", order_id)


async def approved(build: Build, payer: Payer) -> tuple[Made, str]:
    """A booking whose renter approved and never came back, and of which no notice arrived."""
    made = await build.held()
    return made, await payer.approved(made)


async def test_an_approval_that_nobody_delivered_is_found_and_the_booking_paid(build: Build, payer: Payer, service: World) -> None:
    made, order_id = await approved(build, payer)
    assert await catch_up.catch_up(service) >= 1
    [(event_id, event, transmission)] = await kept(build, order_id)
    assert transmission == f"read {event}"
    await webhooks.handle(service, event_id)
    assert await build.status(made) == "upcoming"


async def test_looking_again_keeps_nothing_twice_and_what_was_delivered_is_not_kept_again(
    build: Build, payer: Payer, service: World, world: World
) -> None:
    _, order_id = await approved(build, payer)
    events = await service.paypal.events(clock.now() - timedelta(hours=1), clock.now() + timedelta(minutes=1))
    [event] = [one for one in events if one.resource.get("id") == order_id]
    assert await webhooks.receive(world, Notice(new_key(), clock.now(), event))
    await catch_up.catch_up(service)
    assert await catch_up.catch_up(service) == 0
    assert len(await kept(build, order_id)) == 1


async def test_a_notice_that_comes_after_the_look_is_a_repeat(build: Build, payer: Payer, service: World, world: World) -> None:
    _, order_id = await approved(build, payer)
    await catch_up.catch_up(service)
    [(_, event_id, _)] = await kept(build, order_id)
    event = await service.paypal.get_event(event_id)
    assert not await webhooks.receive(world, Notice(new_key(), clock.now(), event))
    assert len(await kept(build, order_id)) == 1


async def test_with_paypal_away_the_next_look_has_it(build: Build, payer: Payer, service: World, paypal: Emulator) -> None:
    await catch_up.catch_up(service)
    before = await build.value("select read_until from webhook_cursors where source = 'paypal'")
    _, order_id = await approved(build, payer)
    await paypal.fault(kind="status", status=503, match={"path_regex": "webhooks-events"}, times=3)
    assert await catch_up.catch_up(service) == 0
    assert await build.value("select read_until from webhook_cursors where source = 'paypal'") == before
    assert await kept(build, order_id) == []
    await catch_up.catch_up(service)
    assert len(await kept(build, order_id)) == 1


async def test_an_event_that_is_listed_a_while_after_it_happened_is_not_missed(build: Build, payer: Payer, service: World) -> None:
    """The last look ended after it, and did not see it yet."""
    _, order_id = await approved(build, payer)
    async with service.door.scope() as db:
        await store.move_cursor(db, Cursor.PAYPAL, clock.now())
    await catch_up.catch_up(service)
    assert len(await kept(build, order_id)) == 1


async def test_pages_are_followed_to_the_end(build: Build, payer: Payer, service: World, paypal: Emulator, monkeypatch: Any) -> None:
    orders = {(await approved(build, payer))[1] for _ in range(5)}
    monkeypatch.setattr(client, "_PAGE", 2)
    events = await service.paypal.events(clock.now() - timedelta(minutes=5), clock.now() + timedelta(minutes=1))
    assert orders <= {event.resource.get("id") for event in events}
    moments = [event.create_time for event in events if event.create_time]
    assert moments == sorted(moments)
