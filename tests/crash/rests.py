"""What a story of the rest of a price begins with."""

import secrets
from decimal import Decimal

from exodrive.flows.checkout.standing import read
from exodrive.flows.instalment import capturing, opening, pay
from exodrive.payments import store as payments
from exodrive.pricing.kinds import PartPayment
from tests.builders import Made, days_ahead, new_key
from tests.crash.cast import Facts
from tests.crash.scene import Scene
from tests.flows.conftest import order_in
from tests.garage import new_rules


async def _owing(scene: Scene) -> Made:
    car = await scene.build.car()
    await new_rules(scene.build.doors, PartPayment(name="In two parts", percent=Decimal(30), days_before=7, car_id=car.id))
    return await scene.paid(car=car, days=days_ahead(20, 3), part_payment=True)


async def a_rest_to_be_paid(scene: Scene) -> Facts:
    return scene.facts(await _owing(scene), staff_id=await scene.staff(), key=new_key())


async def a_rest_to_be_reminded_of(scene: Scene) -> Facts:
    facts = await a_rest_to_be_paid(scene)
    await scene.behind("update booking_instalments set remind_at = exodrive_private.now() where booking_id = $1", facts.booking_id)
    return facts


async def an_intent_to_open(scene: Scene) -> Facts:
    made = await _owing(scene)
    intent = await opening.intend(scene.world, made.id)
    assert not isinstance(intent, str)
    return scene.facts(made, operation_id=intent[0].id)


async def an_intent_to_capture(scene: Scene) -> Facts:
    made = await _owing(scene)
    order_id = order_in(await pay.begin(scene.world, made.id))
    await scene.payer.approve(order_id)
    operation = await capturing.intend(scene.world, made.id, order_id, capturing.SYSTEM)
    assert operation
    return scene.facts(made, operation_id=operation.id)


async def a_capture_not_written_down(scene: Scene) -> Facts:
    """PayPal took the money, and nobody wrote that down."""
    facts = await an_intent_to_capture(scene)
    assert facts.booking_id
    assert facts.operation_id
    async with scene.service.door.scope() as db:
        operation, now = await payments.operation(db, facts.operation_id), await read(db, facts.booking_id)
    assert operation
    await capturing.ask(scene.world, operation, now)
    return facts


async def another_order(scene: Scene) -> Facts:
    """Our row names an order that is not the one we opened."""
    made, other = await _owing(scene), await _owing(scene)
    await pay.begin(scene.world, made.id)
    order_id = order_in(await pay.begin(scene.world, other.id))
    await scene.payer.approve(order_id)
    name = "update booking_instalments set paypal_order_id = $2 where booking_id = $1"
    await scene.behind(name, other.id, secrets.token_hex(8))
    await scene.behind(name, made.id, order_id)
    return scene.facts(made, order_id=order_id)
