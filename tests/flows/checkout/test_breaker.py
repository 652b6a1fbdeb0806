"""With PayPal away a checkout says so at once, costs PayPal nothing, and goes on where it was when PayPal is back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from exodrive import assembly, settings
from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.flows.world import World
from exodrive.kit.db import Doors
from exodrive.operate.wiring import Wiring
from tests.builders import Build
from tests.flows.conftest import Payer, order_in
from tests.product import Emulator

PAUSE = 1


@pytest.fixture
async def careful(world: World, _beside: Wiring, doors: Doors) -> AsyncIterator[World]:
    """The same world, with PayPal as a process of these settings has it: broken off after three, for a second."""
    more = {"EXODRIVE_PAYPAL_BREAK_AFTER": "3", "EXODRIVE_PAYPAL_BREAK_SECONDS": str(PAUSE)}
    read = settings.load("web", _beside.settings() | more)
    async with assembly.world(read, doors, lambda opened: opened.checkout(), mails=False) as made:
        yield replace(world, paypal=made.paypal)


async def asked(paypal: Emulator) -> int:
    return len([call for call in await paypal.calls() if not call["path"].endswith("/token")])


async def test_paypal_is_left_alone_and_the_same_order_is_opened_when_it_is_back(
    build: Build, payer: Payer, careful: World, paypal: Emulator
) -> None:
    made = await build.held()
    await paypal.fault(kind="status", status=503, match={"method": "POST", "path_regex": "/v2/checkout/orders$"}, times=3)
    with pytest.raises(PayPalAway) as away:
        await pay.begin(careful, made.id)
    assert "Nothing was charged" in away.value.detail
    before = await asked(paypal)
    for _ in range(5):
        with pytest.raises(PayPalAway):
            await pay.begin(careful, made.id)
    assert await asked(paypal) == before
    await asyncio.sleep(PAUSE)
    order_id = order_in(await pay.begin(careful, made.id))
    await payer.approve(order_id)
    assert (await pay.capture(careful, order_id)).step is Step.PAID
    assert await build.value("select count(*) from payment_operations where booking_id = $1 and kind = 'create_order'", made.id) == 1


async def test_a_capture_that_met_the_pause_is_finished_later_and_made_once(
    build: Build, payer: Payer, careful: World, paypal: Emulator
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    await paypal.fault(kind="status", status=500, match={"path_regex": "/v2/checkout/orders/"}, times=3)
    assert (await pay.capture(careful, order_id, patience=0)).step is Step.CHECKING
    assert await payer.captures(order_id) == []
    await asyncio.sleep(PAUSE)
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'capture'", made.id)
    await settling.settle(replace(careful, door=careful.doors.service()), operation_id)
    assert await build.status(made) == "upcoming"
    assert len(await payer.captures(order_id)) == 1
