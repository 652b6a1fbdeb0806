"""Deeds with money that somebody does, and does again when no answer came; and what a booking has come to, without names and moments."""

from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.flows import cancel, refund
from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.hold import hold
from exodrive.flows.world import World
from exodrive.kit import failpoints
from exodrive.kit.money import Money
from tests.builders import Build, Made, new_caller, new_key
from tests.flows.conftest import Payer
from tests.flows.ending import Staff, paid_at_paypal, staff_of

_STATE = """
    select b.status, p.status, p.captured_amount, p.refunded_amount,
           array(select a.status from car_availability a where a.booking_id = b.id),
           array(select e.event_type from booking_events e where e.booking_id = b.id order by e.id),
           array(select row (o.kind, o.attempt, o.amount, array(
                     select r.outcome from payment_results r where r.operation_id = o.id order by r.id))
                 from payment_operations o where o.booking_id = b.id order by o.kind, o.attempt),
           array(select w.topic from outbox w where w.payload ->> 'booking_id' = b.id::text order by w.topic)
    from bookings b join payments p on p.booking_id = b.id where b.contact_email = $1"""


@dataclass
class Scene:
    """Whom and what deeds need: worlds to act in, and PayPal with its payer."""

    build: Build
    payer: Payer
    world: World
    service: World


@dataclass
class Begun:
    """What a deed is done to, and what each try of it was answered."""

    email: str
    made: Made | None
    sam: Staff
    deed: Callable[[World], Awaitable[Any]]
    answers: list[Any] = field(default_factory=list)

    async def once(self, world: World) -> Any:
        """Do it, or do it again, in this world."""
        self.answers.append(await self.deed(world))
        return self.answers[-1]


Begin = Callable[[Scene], Awaitable[Begun]]


async def holding(scene: Scene) -> Begun:
    """A renter sends the checkout's form."""
    order, caller, key = await scene.build.order(await scene.build.car()), new_caller(), new_key()
    return Begun(order.email, None, await staff_of(scene.build), lambda world: hold(world, order, caller, key))


async def paying(scene: Scene) -> Begun:
    """A renter goes to PayPal."""
    made = await scene.build.held()
    return Begun(made.order.email, made, await staff_of(scene.build), lambda world: pay.begin(world, made.id))


async def coming_back(scene: Scene) -> Begun:
    """A renter comes back from PayPal, and loads the page again."""
    made = await scene.build.held()
    order_id = await scene.payer.approved(made)
    return Begun(made.order.email, made, await staff_of(scene.build), lambda world: pay.capture(world, order_id, patience=0))


async def cancelling(scene: Scene) -> Begun:
    """Staff cancel a paid booking, by a form with a key."""
    made, sam, key = await paid_at_paypal(scene.build, scene.payer, scene.world), await staff_of(scene.build), new_key()

    async def deed(world: World) -> Any:
        return await cancel.by_staff(world, world.doors.admin(UUID(sam.actor.id)), made.id, sam.actor, "engine trouble", key=key)

    return Begun(made.order.email, made, sam, deed)


async def giving_back(scene: Scene) -> Begun:
    """Staff give a part back, by a form with a key."""
    made, sam, key = await paid_at_paypal(scene.build, scene.payer, scene.world), await staff_of(scene.build), new_key()
    some = Money(Decimal(100), "USD")

    async def deed(world: World) -> Any:
        return await refund.by_staff(world, world.doors.admin(UUID(sam.actor.id)), made.id, some, sam.actor, "a leak", key=key)

    return Begun(made.order.email, made, sam, deed)


#: Each commit of these deeds, by its step, with the deed that makes it.
COMMITS: dict[str, Begin] = {
    "hold.claim": holding,
    "open.intend": paying,
    "open.record": paying,
    "capture.intend": coming_back,
    "capture.record": coming_back,
    "cancel.write": cancelling,
    "refund.write": giving_back,
}


async def settled(scene: Scene, begun: Begun) -> tuple[Any, ...]:
    """Let the worker bring all of it to an end; what it has come to."""
    for (operation_id,) in await scene.build.rows(
        "select o.id from payment_operations o join bookings b on b.id = o.booking_id where b.contact_email = $1", begun.email
    ):
        await settling.settle(scene.service, operation_id)
    return await state(scene, begun)


async def state(scene: Scene, begun: Begun) -> tuple[Any, ...]:
    """What it has come to: one booking, or none."""
    rows = await scene.build.rows(_STATE, begun.email)
    assert len(rows) <= 1, "one booking at most"
    return rows[0] if rows else ()


@contextmanager
def at(point: str, happens: Callable[[], None]) -> Any:
    """Let something happen whenever a point is passed."""

    def listen(passed: str) -> None:
        if passed == point:
            happens()

    failpoints.listen(listen)
    try:
        yield
    finally:
        failpoints._heard.remove(listen)
