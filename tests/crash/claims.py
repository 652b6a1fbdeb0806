"""What a story of a claim on a deposit begins with."""

from exodrive.flows.checkout.standing import read
from exodrive.flows.claiming import taking
from exodrive.kit.ids import new_id
from exodrive.payments import store as payments
from tests.builders import Made, new_key
from tests.crash.cast import Facts
from tests.crash.scene import Scene

_BACK = """update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '2 hours',
           returned_at = exodrive_private.now() - interval '1 hour' where id = $1"""
_CHARGE = """insert into booking_charges (id, booking_id, number, kind, status, amount, currency, reason, due_at, claim_id)
             values ($1, $2, 1, 'damage', $3, 300, 'USD', 'a scratch', exodrive_private.now(), $4)"""
_CLAIM = """insert into deposit_claims (id, booking_id, hold_id, number, status, asked, amount, currency, answer_by, answer)
            select $1, $2, h.id, 1, $3, 300, 300, 'USD', exodrive_private.now() - interval '1 hour', $4
            from deposit_holds h where h.booking_id = $2 and h.status = 'held'"""


async def _back(scene: Scene) -> Made:
    made = await scene.held()
    await scene.behind(_BACK, made.id)
    return made


async def a_car_not_back(scene: Scene) -> Facts:
    """Out since the day before yesterday, and due back yesterday."""
    made = await scene.held()
    await scene.behind(
        """update bookings set status = 'active', handed_over_at = exodrive_private.now() - interval '2 days',
           start_date = start_date - 5, end_date = start_date - 4 where id = $1""",
        made.id,
    )
    await scene.behind("delete from car_availability where booking_id = $1", made.id)
    await scene.behind(
        """insert into car_availability (car_id, date, status, booking_id)
           select car_id, day, 'booked', id from bookings, generate_series(start_date, end_date, '1 day') as day where id = $1""",
        made.id,
    )
    return scene.facts(made)


async def a_debt(scene: Scene) -> Facts:
    """A car that is back, its deposit held, and a charge that is due."""
    made = await _back(scene)
    await scene.behind(_CHARGE, new_id(), made.id, "due", None)
    return scene.facts(made, staff_id=await scene.staff(), key=new_key())


async def _claimed(scene: Scene, status: str, answer: str | None) -> Facts:
    made, claim_id = await _back(scene), new_id()
    await scene.behind(_CLAIM, claim_id, made.id, status, answer)
    await scene.behind(_CHARGE, new_id(), made.id, "claimed", claim_id)
    return scene.facts(made)


async def a_claim_not_answered(scene: Scene) -> Facts:
    """The time to answer is over."""
    return await _claimed(scene, "asked", None)


async def an_intent_to_take(scene: Scene) -> Facts:
    """Accepted, and an intent is written."""
    facts = await _claimed(scene, "accepted", "accepted")
    [(claim_id,)] = await scene.build.rows("select id from deposit_claims where booking_id = $1", facts.booking_id)
    await taking.take(scene.service, claim_id)
    [(operation_id,)] = await scene.build.rows(
        "select id from payment_operations where booking_id = $1 and kind = 'claim'", facts.booking_id
    )
    return Facts(booking_id=facts.booking_id, reference=facts.reference, token=facts.token, operation_id=operation_id)


async def a_claim_not_written_down(scene: Scene) -> Facts:
    """PayPal gave it, and nobody wrote that down."""
    facts = await an_intent_to_take(scene)
    assert facts.booking_id
    assert facts.operation_id
    async with scene.service.door.scope() as db:
        operation, now = await payments.operation(db, facts.operation_id), await read(db, facts.booking_id)
    assert operation
    await taking.ask(scene.service, operation, now)
    return facts
