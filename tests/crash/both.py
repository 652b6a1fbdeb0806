"""What a story of rental and deposit approved at once begins with, and how it is told."""

from contextlib import suppress
from dataclasses import replace

from exodrive.deposits.model import DepositRules
from exodrive.flows import home
from exodrive.flows.checkout import authorising, capturing, pay, standing
from exodrive.flows.deposit import placing
from exodrive.kit.errors import Problem
from exodrive.payments.model import Operation
from tests.builders import Made, days_ahead
from tests.crash.cast import Cast, Facts, order_in
from tests.crash.scene import Scene

RULES = DepositRules(one_order=True)


async def a_pick_up_soon(scene: Scene) -> Facts:
    """A held booking, to be picked up within a day and back soon after."""
    return scene.facts(await _held(scene))


async def an_intent_to_hold(scene: Scene) -> Facts:
    made, operation = await _intended(scene)
    return scene.facts(made, operation_id=operation.id)


async def a_hold_not_written_down(scene: Scene) -> Facts:
    """PayPal holds both, and nobody wrote that down."""
    made, operation = await _intended(scene)
    await _ask(scene, operation)
    return scene.facts(made, operation_id=operation.id)


async def an_intent_to_take(scene: Scene) -> Facts:
    """Both are held, and the rental is to be taken out of it."""
    made, operation = await _intended(scene)
    taking = await authorising.record(scene.world, operation, await _ask(scene, operation))
    assert isinstance(taking, Operation)
    return scene.facts(made, operation_id=taking.id)


async def _held(scene: Scene) -> Made:
    made = await scene.build.held(days=days_ahead(1, 2))
    soon = """update bookings set pickup_at = exodrive_private.now() + interval '20 hours',
              return_due_at = exodrive_private.now() + interval '44 hours' where id = $1"""
    await scene.behind(soon, made.id)
    return made


async def _intended(scene: Scene) -> tuple[Made, Operation]:
    made = await _held(scene)
    order_id = order_in(await pay.begin(replace(scene.world, deposits=RULES), made.id))
    await scene.payer.approve(order_id)
    async with scene.world.door.scope() as db:
        now = await standing.read(db, made.id)
    operation = await capturing.intend(scene.world, order_id, now, capturing.SYSTEM)
    assert isinstance(operation, Operation)
    assert operation.is_joint_hold
    return made, operation


async def _ask(scene: Scene, operation: Operation) -> placing.Result:
    async with scene.world.door.scope() as db:
        now = await standing.read(db, operation.booking_id)
    return await placing.ask(scene.world, operation, now)


async def both(cast: Cast, facts: Facts) -> None:
    """A renter approves rental and deposit at once, and comes back."""
    assert facts.booking_id
    with suppress(Problem):  # begun a second time it may be paid, or on its way
        order_id = order_in(await pay.begin(replace(cast.world, deposits=RULES), facts.booking_id))
        await cast.approve(order_id)
        await home.capture(cast.world, order_id, patience=0)
