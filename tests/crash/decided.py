"""The story of a payment that PayPal's answers do not settle: a member of staff decides, and the worker does it."""

from contextlib import suppress

from exodrive.flows import deciding
from exodrive.payments.decisions.model import Decision
from tests.crash.answers import give_back
from tests.crash.cast import Cast, Facts


async def staff_decide(cast: Cast, facts: Facts) -> None:
    """It goes back: decided once, done, and what is promised back is sent."""
    assert facts.staff_id
    assert facts.booking_id
    assert facts.operation_id
    door, actor = cast.staff(facts.staff_id)
    with suppress(deciding.NothingToDecide):
        await deciding.by_staff(door, facts.booking_id, facts.operation_id, Decision.GIVE_BACK, actor, "I looked", key=facts.key)
    await deciding.act(cast.service, facts.operation_id)
    await give_back(cast, facts)
