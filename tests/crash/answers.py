"""Bookings that wait for an answer: accepted, refused, or ended by the clock; and how money that is promised back goes."""

from exodrive.flows.approval import answer, due
from exodrive.flows.checkout import settling
from tests.crash.cast import Cast, Facts

_REFUNDS = "select id from payment_operations where booking_id = $1 and kind = 'refund'"


async def give_back(cast: Cast, facts: Facts) -> None:
    """The worker sends what is promised back of a booking."""
    for (operation_id,) in await cast.rows(_REFUNDS, facts.booking_id):
        await settling.settle(cast.service, operation_id)


async def staff_accept(cast: Cast, facts: Facts) -> None:
    """A member of staff accepts what waits for an answer."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    await answer.accept(door, facts.booking_id, actor, key=facts.key)


async def staff_refuse(cast: Cast, facts: Facts) -> None:
    """A member of staff refuses what waits for an answer, and the worker gives the money back."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    await answer.refuse(door, facts.booking_id, actor, "the licence is too new", key=facts.key)
    await give_back(cast, facts)


async def unanswered_ones_end(cast: Cast, facts: Facts) -> None:
    """The worker ends a booking that nobody answered in time, and gives its money back."""
    assert facts.booking_id
    await due._settle_one(cast.service, facts.booking_id)
    await give_back(cast, facts)
