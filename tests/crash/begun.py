"""What a story of a booking, its payment or a change of it begins with."""

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.bookings.model import Actor
from exodrive.flows import cancel
from exodrive.flows.checkout import capturing, opening, settling
from exodrive.flows.checkout.standing import read
from exodrive.kit.money import Money
from exodrive.payments.model import Operation
from tests.builders import days_ahead, new_caller, new_key
from tests.crash.cast import Facts
from tests.crash.scene import Scene
from tests.flows.change.conftest import Renter, equip
from tests.flows.conftest import order_in
from tests.site import Site


async def nothing_yet(scene: Scene) -> Facts:
    car = await scene.build.car()
    return Facts(order=await scene.build.order(car, days_ahead(10, 2)), caller=new_caller(), key=new_key())


async def an_approval(scene: Scene) -> Facts:
    made, order_id = await scene.approved()
    return scene.facts(made, order_id=order_id, key=new_key(), event=await scene.event(order_id, "CHECKOUT.ORDER.APPROVED"))


async def a_capture_nobody_heard_of(scene: Scene) -> Facts:
    made, operation = await scene.asked()
    order = await scene.world.paypal.get_order(operation.target_id or "")
    assert order.capture
    return scene.facts(made, key=new_key(), event=await scene.event(order.capture.id, "PAYMENT.CAPTURE.COMPLETED"))


async def an_intent_to_open(scene: Scene) -> Facts:
    made = await scene.build.held()
    intent = await opening.intend(scene.world, made.id)
    assert not isinstance(intent, str)
    return scene.facts(made, operation_id=intent[0].id)


async def an_intent_to_capture(scene: Scene) -> Facts:
    made, operation = await scene.intended()
    return scene.facts(made, operation_id=operation.id)


async def a_capture_not_written_down(scene: Scene) -> Facts:
    made, operation = await scene.asked()
    return scene.facts(made, operation_id=operation.id)


async def a_payment_in_doubt(scene: Scene) -> Facts:
    """Somebody changed the order at PayPal, and its money was taken all the same: another sum than we asked for."""
    made = await scene.build.held()
    order_id = await scene.payer.order(made)
    site, other = Site(scene.payer.paypal), Money(Decimal(12), "USD")
    await site.change(scene.world.paypal, order_id, made.reference, other)
    await scene.payer.approve(order_id)
    async with scene.world.door.scope() as db:
        now = await read(db, made.id)
    operation = await capturing.intend(scene.world, order_id, now, capturing.SYSTEM)
    assert isinstance(operation, Operation)
    await capturing.record(scene.world, operation, await capturing.ask(scene.world, operation, now))
    return scene.facts(made, operation_id=operation.id, staff_id=await scene.staff(), key=new_key())


async def a_paid_booking(scene: Scene) -> Facts:
    return scene.facts(await scene.paid(), staff_id=await scene.staff(), key=new_key())


async def a_pick_up_missed(scene: Scene) -> Facts:
    facts = await a_paid_booking(scene)
    missed = "update bookings set pickup_at = exodrive_private.now() - interval '3 hours' where id = $1"
    await scene.behind(missed, facts.booking_id)
    return facts


async def a_pick_up_today(scene: Scene) -> Facts:
    """A paid booking on the first of its days, and somebody who has the key."""
    made = await scene.paid(days=days_ahead(1, 3))
    day = "interval '1 day'"
    sooner = f"start_date = start_date - 1, end_date = end_date - 1, pickup_at = pickup_at - {day}, return_due_at = return_due_at - {day}"
    await scene.behind(f"update bookings set {sooner} where id = $1", made.id)
    await scene.behind("update car_availability set date = date - 1 where booking_id = $1", made.id)
    return scene.facts(made, staff_id=await scene.staff(), key=new_key())


async def a_no_show_to_be(scene: Scene) -> Facts:
    """Noted, and nobody can take it back any more."""
    facts = await a_pick_up_missed(scene)
    await scene.behind("update bookings set no_show_at = pickup_at + interval '2 hours' where id = $1", facts.booking_id)
    return facts


async def a_booking_to_answer(scene: Scene) -> Facts:
    """Paid, for a car that requires approval."""
    car = await scene.build.car(requires_approval=True)
    return scene.facts(await scene.paid(car=car), staff_id=await scene.staff(), key=new_key())


async def a_booking_not_answered(scene: Scene) -> Facts:
    """The same, and its time is over."""
    facts = await a_booking_to_answer(scene)
    late = "update bookings set approval_due_at = exodrive_private.now() - interval '1 minute' where id = $1"
    await scene.behind(late, facts.booking_id)
    return facts


async def a_refund_under_way(scene: Scene) -> Facts:
    """PayPal has begun to give money back, and said so; by now it is done."""
    made = await scene.paid()
    staff = await scene.staff()
    actor = Actor("admin", str(staff), "Sam")
    await cancel.by_staff(scene.world, scene.build.doors.admin(staff), made.id, actor, "the car broke down")
    [(operation_id,)] = await scene.build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    await scene.payer.paypal.control("POST", "account", {"refunds_pending": True})
    await settling.settle(scene.service, operation_id)
    await scene.payer.paypal.control("POST", "account", {"refunds_pending": False})
    refund = await scene.build.value("select provider_id from payment_results where operation_id = $1", operation_id)
    await scene.payer.paypal.control("POST", f"refunds/{refund}/settle", {"act": "complete"})
    return scene.facts(made, operation_id=operation_id)


async def a_paid_booking_with_a_seat(scene: Scene) -> Facts:
    car = await scene.build.car()
    code, _cover = await equip(scene.build, car)
    return scene.facts(await scene.paid(car=car, extras={code: 2}), extra=code)


async def a_paid_booking_without_a_seat(scene: Scene) -> Facts:
    car = await scene.build.car()
    code, _cover = await equip(scene.build, car)
    return scene.facts(await scene.paid(car=car), extra=code)


async def a_change_to_be_paid(scene: Scene) -> Facts:
    facts = await a_paid_booking_without_a_seat(scene)
    made = await _renter(scene, facts).change(extras={facts.extra: 1})
    return msgspec.structs.replace(facts, change_id=made.change_id, order_id=order_in(made.approve_url or ""))


def _renter(scene: Scene, facts: Facts) -> Renter:
    held: Any = facts
    return Renter(scene.world, scene.build, held, facts.extra, "")


async def a_hold_long_lapsed(scene: Scene) -> Facts:
    made = await scene.build.held()
    await scene.build.lapse(made, timedelta(hours=7))
    return scene.facts(made)


async def a_change_long_lapsed(scene: Scene) -> Facts:
    facts = await a_change_to_be_paid(scene)
    lapsed = "update booking_changes set expires_at = exodrive_private.now() - interval '7 hours' where id = $1"
    await scene.behind(lapsed, facts.change_id)
    return facts


async def another_order(scene: Scene) -> Facts:
    """Our row names an order that is not the one we opened."""
    made, other = await scene.build.held(), await scene.build.held(days=days_ahead(10, 2))
    order_id = await scene.payer.approved(other)
    await scene.payer.order(made)
    await scene.behind("update payments set paypal_order_id = $2 where booking_id = $1", other.id, secrets.token_hex(8))
    await scene.behind("update payments set paypal_order_id = $2 where booking_id = $1", made.id, order_id)
    return scene.facts(made, order_id=order_id)


async def another_order_for_a_change(scene: Scene) -> Facts:
    facts, other = await a_change_to_be_paid(scene), await a_change_to_be_paid(scene)
    await scene.behind("update booking_changes set paypal_order_id = $2 where id = $1", other.change_id, secrets.token_hex(8))
    await scene.behind("update booking_changes set paypal_order_id = $2, difference = 1 where id = $1", facts.change_id, other.order_id)
    await scene.payer.approve(other.order_id)
    return msgspec.structs.replace(facts, order_id=other.order_id)
