"""What a story begins with: made by nobody who dies, at a PayPal that is there."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple

import asyncpg
import msgspec

from exodrive.bookings.model import Actor
from exodrive.flows import cancel
from exodrive.flows.checkout import capturing, opening, pay, settling
from exodrive.flows.checkout.standing import read
from exodrive.flows.world import World
from exodrive.gateways.paypal import Event
from exodrive.kit.ids import StaffId, new_id
from exodrive.payments.model import Operation
from tests.builders import Build, Made, days_ahead, new_caller, new_key
from tests.crash.cast import Facts
from tests.flows.change.conftest import Renter, equip
from tests.flows.conftest import Payer, order_in


class Scene:
    """Makes bookings in every state a story may begin in."""

    def __init__(self, world: World, service: World, build: Build, payer: Payer) -> None:
        self.world, self.service, self.build, self.payer = world, service, build, payer

    def facts(self, made: Made, **more: Any) -> Facts:
        return Facts(booking_id=made.id, reference=made.reference, token=made.token, **more)

    async def approved(self) -> tuple[Made, str]:
        made = await self.build.held()
        return made, await self.payer.approved(made)

    async def intended(self) -> tuple[Made, Operation]:
        """A capture that was written down, and not asked for."""
        made, order_id = await self.approved()
        async with self.world.door.scope() as db:
            now = await read(db, made.id)
        operation = await capturing.intend(self.world, order_id, now, capturing.SYSTEM)
        assert isinstance(operation, Operation)
        return made, operation

    async def asked(self) -> tuple[Made, Operation]:
        """A capture that PayPal made, and nobody wrote down."""
        made, operation = await self.intended()
        async with self.world.door.scope() as db:
            now = await read(db, made.id)
        await capturing.ask(self.world, operation, now)
        return made, operation

    async def paid(self, **order: Any) -> Made:
        made = await self.build.held(**order)
        await pay.capture(self.world, await self.payer.approved(made))
        return made

    async def event(self, thing: str, kind: str) -> Event:
        """What PayPal published about something."""
        path = f"/v1/notifications/webhooks-events?transaction_id={thing}"
        answer = await self.world.paypal._authorised("GET", path, {}, b"")  # type: ignore[attr-defined]
        [found] = [event for event in msgspec.json.decode(answer.body)["events"] if event["event_type"] == kind]
        return msgspec.convert(found, Event)

    async def staff(self) -> StaffId:
        staff = StaffId(new_id())
        async with self.service.door.scope() as db:
            await db.execute("insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')", staff, f"{staff}@shop.example")
        return staff

    async def behind(self, statement: str, *values: Any) -> None:
        """Change a row behind everybody's back."""
        db = await asyncpg.connect(self.build.superuser_url)
        await db.execute(statement, *values)
        await db.close()


Prepare = Callable[[Scene], Awaitable[Facts]]


class Case(NamedTuple):
    """A story from its beginning: how its booking ends when it is told to the end, and how often PayPal takes money in it.

    Where somebody changed a row by hand, our book is not honest.
    """

    story: str
    prepare: Prepare
    ends: str
    captures: int = 1
    is_honest: bool = True


async def nothing_yet(scene: Scene) -> Facts:
    car = await scene.build.car()
    return Facts(order=await scene.build.order(car, days_ahead(10, 2)), caller=new_caller(), key=new_key())


async def an_approval(scene: Scene) -> Facts:
    made, order_id = await scene.approved()
    return scene.facts(made, key=new_key(), event=await scene.event(order_id, "CHECKOUT.ORDER.APPROVED"))


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


async def a_paid_booking(scene: Scene) -> Facts:
    return scene.facts(await scene.paid(), staff_id=await scene.staff(), key=new_key())


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


CASES = {
    "a renter books and pays": Case("checkout", nothing_yet, "upcoming"),
    "PayPal tells of an approval": Case("notice", an_approval, "upcoming"),
    "PayPal tells of a capture": Case("notice", a_capture_nobody_heard_of, "upcoming"),
    "the worker opens an order": Case("settle", an_intent_to_open, "expired", 0),
    "the worker captures": Case("settle", an_intent_to_capture, "upcoming"),
    "the worker asks again what was captured": Case("settle", a_capture_not_written_down, "upcoming"),
    "the worker looks at all that is due": Case("settle all", an_intent_to_capture, "upcoming"),
    "staff cancel": Case("staff cancels", a_paid_booking, "cancelled"),
    "staff give a part back": Case("staff give back", a_paid_booking, "upcoming"),
    "the worker reads a refund": Case("settle", a_refund_under_way, "cancelled"),
    "a change that costs more": Case("dearer", a_paid_booking_without_a_seat, "upcoming", 2),
    "a change that saves": Case("cheaper", a_paid_booking_with_a_seat, "upcoming"),
    "a change is given up": Case("gives up", a_change_to_be_paid, "upcoming"),
    "a hold is tidied away": Case("tidies", a_hold_long_lapsed, "expired", 0),
    "a change is tidied away": Case("tidies", a_change_long_lapsed, "upcoming"),
    "an order is not ours": Case("comes home", another_order, "expired", 0, is_honest=False),
    "an order for a change is not ours": Case("comes home", another_order_for_a_change, "upcoming", is_honest=False),
}
