"""PayPal's answer to a capture comes late, broken or never: what became of it is asked or read, never guessed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.world import World
from exodrive.gateways.line import Patience
from exodrive.gateways.paypal import PayPalClient
from exodrive.operate.wiring import Wiring
from tests.builders import Build, Made
from tests.flows.conftest import Move, Payer
from tests.flows.test_webhooks import outcome, published, take_in
from tests.product import Emulator

TRIES = 2
#: How an answer gets lost, and whether the money was taken all the same.
LOST: dict[str, tuple[dict[str, Any], bool]] = {
    "no answer in time": ({"kind": "timeout_before"}, False),
    "the line is reset": ({"kind": "reset"}, False),
    "500": ({"kind": "status", "status": 500}, False),
    "503": ({"kind": "status", "status": 503}, False),
    "done, and no answer": ({"kind": "lost_after_commit"}, True),
    "done, and half an answer": ({"kind": "cut_body"}, True),
}


@pytest.fixture
async def hasty(world: World, paypal: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """A world that waits half a second for an answer, and asks twice."""
    patience = Patience(answer=0.5, attempts=TRIES, pause=0.01)
    client = PayPalClient(paypal.url, _beside.keys.paypal_client_id, _beside.keys.paypal_client_secret, patience=patience)
    yield replace(world, paypal=client)
    await client.close()


async def unheard(build: Build, payer: Payer, hasty: World, fault: dict[str, Any]) -> tuple[Made, str]:
    """A booking whose money was asked for, with each answer lost; the days are kept, and it is unknown what became of it."""
    made = await build.held()
    order_id = await payer.approved(made)
    await payer.paypal.fault(**fault, match={"path_regex": f"{order_id}/capture"}, times=TRIES)
    assert (await pay.capture(hasty, order_id, patience=0)).step is Step.CHECKING
    assert (await build.status(made), await results(build, made)) == ("pending", ["unknown"])
    kept = "select array_agg(hold_expires_at = 'infinity') from car_availability where booking_id = $1"
    assert await build.value(kept, made.id) == [True] * 3
    return made, order_id


async def results(build: Build, made: Made) -> list[str]:
    rows = await build.rows(
        """select r.outcome from payment_results r join payment_operations o on o.id = r.operation_id
           where o.booking_id = $1 and o.kind = 'capture' order by r.id""",
        made.id,
    )
    return [row[0] for row in rows]


async def settle(build: Build, service: World, made: Made) -> None:
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'capture'", made.id)
    await settling.settle(service, operation_id)


@pytest.mark.parametrize("how", LOST)
async def test_scenario_3_without_an_answer_it_is_unknown_and_asked_again_under_the_same_id(
    how: str, build: Build, payer: Payer, hasty: World, service: World
) -> None:
    fault, was_taken = LOST[how]
    made, order_id = await unheard(build, payer, hasty, fault)
    assert len(await payer.captures(order_id)) == was_taken
    await settle(build, service, made)
    assert (await build.status(made), await results(build, made)) == ("upcoming", ["unknown", "succeeded"])
    calls = await payer.asked("/capture", order_id)
    assert (len(calls), len({call["request_id"] for call in calls})) == (TRIES + 1, 1)
    assert len(await payer.captures(order_id)) == 1


@pytest.mark.parametrize("how", LOST)
async def test_scenario_3_once_paypal_has_forgotten_the_id_it_is_read_and_not_asked_for_again(
    how: str, build: Build, payer: Payer, hasty: World, service: World, wait_for: Move
) -> None:
    fault, was_taken = LOST[how]
    made, order_id = await unheard(build, payer, hasty, fault)
    await wait_for(timedelta(hours=7))
    await settle(build, service, made)
    assert await results(build, made) == ["unknown", "succeeded" if was_taken else "failed"]
    assert await build.status(made) == ("upcoming" if was_taken else "pending")
    assert len(await payer.asked("/capture", order_id)) == TRIES
    assert len(await payer.captures(order_id)) == was_taken


async def test_scenario_4_a_notice_that_comes_before_the_answer_is_applied_once_and_the_answer_changes_nothing(
    build: Build, payer: Payer, world: World, service: World
) -> None:
    """PayPal has taken the money, and takes three seconds to say so; its notices are faster."""
    made = await build.held()
    order_id = await payer.approved(made)
    await payer.paypal.fault(kind="slow_body", match={"path_regex": f"{order_id}/capture"}, delay=3)
    answer = asyncio.create_task(pay.capture(world, order_id))
    async with asyncio.timeout(5):
        while not await payer.captures(order_id):
            await asyncio.sleep(0.02)
    notices = await published(payer, order_id)
    assert {one.event.event_type for one in notices} == {"CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"}
    completed = [one for one in notices if one.event.event_type == "PAYMENT.CAPTURE.COMPLETED"]
    await take_in(world, service, *completed)
    assert (await outcome(build, completed[0]), await build.status(made), answer.done()) == ("settled", "upcoming", False)
    before = await everything(build, made)
    await take_in(world, service, *notices)
    assert (await answer).step is Step.PAID
    assert await everything(build, made) == before


async def everything(build: Build, made: Made) -> list[list[tuple[Any, ...]]]:
    """All rows that the money of a booking has."""
    return [
        await build.rows("select * from payments where booking_id = $1", made.id),
        await build.rows("select id, event_type from booking_events where booking_id = $1 order by id", made.id),
        await build.rows("select id, kind from payment_operations where booking_id = $1 order by id", made.id),
        await build.rows(
            """select r.* from payment_results r join payment_operations o on o.id = r.operation_id where o.booking_id = $1
               order by r.id""",
            made.id,
        ),
        await build.rows("select topic from outbox where payload ->> 'booking_id' = $1 order by topic", str(made.id)),
        await build.rows("select date, status from car_availability where booking_id = $1 order by date", made.id),
    ]
