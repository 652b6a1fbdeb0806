"""What a story of a deposit begins with."""

import secrets

from exodrive.deposits import store as deposits
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.standing import read
from exodrive.flows.deposit import asking, keeping, placing
from exodrive.payments import store as payments
from exodrive.payments.model import Kind
from tests.builders import days_ahead, new_key
from tests.crash.cast import Facts
from tests.crash.scene import Scene


async def a_pick_up_tomorrow(scene: Scene) -> Facts:
    return scene.facts(await scene.paid(days=days_ahead(1, 3)))


async def an_intent_to_ask(scene: Scene) -> Facts:
    made = await scene.paid(days=days_ahead(1, 3))
    intent = await asking._intend(scene.world, made.id)
    assert not isinstance(intent, str)
    return scene.facts(made, operation_id=intent[0].id)


async def an_intent_to_hold(scene: Scene) -> Facts:
    made, order_id = await scene.asked_for_a_deposit()
    async with scene.world.door.scope() as db:
        hold = await deposits.of_order(db, order_id)
    assert hold
    operation = await placing.intend(scene.world, hold, order_id, placing.SYSTEM)
    assert operation
    return scene.facts(made, operation_id=operation.id)


async def a_hold_not_written_down(scene: Scene) -> Facts:
    """PayPal placed it, and nobody wrote that down."""
    facts = await an_intent_to_hold(scene)
    assert facts.booking_id
    assert facts.operation_id
    async with scene.service.door.scope() as db:
        operation, now = await payments.operation(db, facts.operation_id), await read(db, facts.booking_id)
    assert operation
    await placing.ask(scene.world, operation, now)
    return facts


async def a_hold_to_renew(scene: Scene) -> Facts:
    """One that is four days old."""
    made = scene.aged.pop()
    async with scene.service.door.scope() as db:
        await standing.locked(db, made.id)
        [hold] = await deposits.of_booking(db, made.id)
        await keeping.promise(db, hold, Kind.RENEW, "the car is to come back")
    [(operation_id,)] = await scene.build.rows("select id from payment_operations where booking_id = $1 and kind = 'renew'", made.id)
    return scene.facts(made, operation_id=operation_id)


async def a_hold_to_give_back(scene: Scene) -> Facts:
    made = await scene.held()
    returned = """update bookings set status = 'active', handed_over_at = exodrive_private.now() - interval '9 days',
                  returned_at = exodrive_private.now() - interval '8 days' where id = $1"""
    await scene.behind(returned, made.id)
    return scene.facts(made)


async def a_hold_and_staff(scene: Scene) -> Facts:
    made = await scene.held()
    return scene.facts(made, staff_id=await scene.staff(), key=new_key())


async def another_order(scene: Scene) -> Facts:
    """Our row names an order that is not the one we opened."""
    (made, _order), (other, order_id) = await scene.asked_for_a_deposit(), await scene.asked_for_a_deposit()
    name = "update deposit_holds set paypal_order_id = $2 where booking_id = $1"
    await scene.behind(name, other.id, secrets.token_hex(8))
    await scene.behind(name, made.id, order_id)
    return scene.facts(made, order_id=order_id)
