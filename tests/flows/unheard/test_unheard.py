"""Orders that were approved while nobody told us: found by looking, a few times each, and paid as if the renter had come back."""

from datetime import timedelta

import pytest

from exodrive.flows import unheard
from exodrive.flows.checkout import pay
from exodrive.flows.world import World
from tests.builders import Build, days_ahead
from tests.flows.conftest import Move, Payer
from tests.flows.quiet import build, hurried, paypal, quiet, quiet_doors, service, wait_for, world
from tests.product import Emulator

__all__ = ["build", "hurried", "paypal", "quiet", "quiet_doors", "service", "wait_for", "world"]
MINUTE = timedelta(minutes=1)


async def seen(paypal: Emulator, order_id: str) -> int:
    """How often an order was read."""
    return len([call for call in await paypal.calls() if (call["method"], call["path"]) == ("GET", f"/v2/checkout/orders/{order_id}")])


async def through(span: timedelta, wait_for: Move, service: World) -> None:
    """Let the worker look every minute for so long."""
    for _ in range(span // MINUTE):
        await wait_for(MINUTE)
        await unheard.look_at_due(service)


async def test_an_order_approved_without_a_word_is_captured_within_minutes(
    build: Build, payer: Payer, service: World, wait_for: Move
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    assert await unheard.look_at_due(service) == 0, "the renter may be on their way back"
    await through(3 * MINUTE, wait_for, service)
    assert (await build.status(made), len(await payer.captures(order_id))) == ("upcoming", 1)
    assert await build.rows("select actor_type from booking_events where booking_id = $1 and event_type = 'paid'", made.id) == [("system",)]


async def test_one_whose_days_are_gone_lapses_and_paypal_is_not_asked_for_its_money(
    build: Build, payer: Payer, service: World, wait_for: Move
) -> None:
    car = await build.car()
    made = await build.held(car, days_ahead(10, 3))
    order_id = await payer.approved(made)
    await build.lapse(made)
    other = await build.held(car, days_ahead(11, 1))
    await through(3 * MINUTE, wait_for, service)
    assert (await build.status(made), await build.status(other)) == ("expired", "pending")
    assert await payer.asked("/capture", order_id) == []


async def test_one_that_nobody_approves_is_read_fourteen_times_at_most_and_ever_more_rarely(
    build: Build, payer: Payer, service: World, wait_for: Move, paypal: Emulator
) -> None:
    order_id = await payer.order(await build.held())
    await through(timedelta(hours=1), wait_for, service)
    assert await seen(paypal, order_id) == 9
    for hours, reads in ((4, 10), (3, 11), (9, 11)):  # what passed several marks meanwhile is looked at once
        await wait_for(timedelta(hours=hours))
        await unheard.look_at_due(service)
        assert await seen(paypal, order_id) == reads
    assert len(unheard.MARKS) == 14


async def test_what_is_paid_or_over_or_under_way_is_not_read(
    build: Build, payer: Payer, world: World, service: World, wait_for: Move, paypal: Emulator
) -> None:
    paid, pending, car = await build.held(), await build.held(), await build.car()
    gone = await build.held(car, days_ahead(10, 2))
    await pay.capture(world, await payer.approved(paid))
    await pay.capture(world, await payer.approved(pending, funding="pending"), patience=0)
    await payer.approved(gone)
    await build.lapse(gone)
    await build.held(car, days_ahead(10, 2))
    await paypal.forget_calls()
    await through(timedelta(minutes=12), wait_for, service)
    assert [call for call in await paypal.calls() if "/v2/" in call["path"]] == []


async def test_with_paypal_away_nothing_is_asked_for_and_all_are_seen_when_it_is_back(
    build: Build, payer: Payer, service: World, wait_for: Move, paypal: Emulator
) -> None:
    """Silence is no approval: no capture is intended, so no days are kept for ever."""
    made = [await build.held() for _ in range(5)]
    for one in made:
        await payer.approved(one)
    await wait_for(2 * MINUTE + timedelta(seconds=30))
    await paypal.fault(kind="status", status=503, match={"path_regex": "/v2/"}, times=None)
    await paypal.forget_calls()
    await unheard.look_at_due(service)
    assert len({call["path"] for call in await paypal.calls() if "/v2/" in call["path"]}) == unheard.AWAY
    assert await build.value("select count(*) from payment_operations where kind = 'capture'") == 0
    await paypal.control("DELETE", "faults")
    await unheard.look_at_due(service)
    assert [await build.status(one) for one in made] == ["upcoming"] * 5


async def test_one_that_cannot_be_read_keeps_no_other_from_being_seen(
    build: Build, payer: Payer, service: World, wait_for: Move, paypal: Emulator
) -> None:
    made = [await build.held() for _ in range(3)]
    orders = [await payer.approved(one) for one in made]
    await paypal.fault(kind="status", status=500, match={"path_regex": orders[0]}, times=None)
    await through(5 * MINUTE, wait_for, service)
    assert [await build.status(one) for one in made] == ["pending", "upcoming", "upcoming"]
    await paypal.control("DELETE", "faults")
    await through(5 * MINUTE, wait_for, service)
    assert await build.status(made[0]) == "upcoming"


async def test_more_than_can_be_seen_at_once_are_seen_one_after_the_other(
    build: Build, payer: Payer, service: World, wait_for: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unheard, "AT_ONCE", 2)
    made = [await build.held() for _ in range(5)]
    for one in made:
        await payer.approved(one)
    await wait_for(2 * MINUTE + timedelta(seconds=30))
    assert [await unheard.look_at_due(service) for _ in range(4)] == [2, 2, 1, 0]
    assert [await build.status(one) for one in made] == ["upcoming"] * 5


async def test_after_a_long_rest_only_what_can_still_be_approved_is_read(
    build: Build, payer: Payer, service: World, wait_for: Move, paypal: Emulator
) -> None:
    old = await payer.order(await build.held())
    await unheard.look_at_due(service)
    await wait_for(timedelta(days=3))
    made = await build.held()
    order_id = await payer.approved(made)
    await through(3 * MINUTE, wait_for, service)
    assert await build.status(made) == "upcoming"
    assert (await seen(paypal, old), await seen(paypal, order_id) > 0) == (0, True)
