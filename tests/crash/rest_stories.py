"""The stories of the rest of a price."""

from contextlib import suppress

from exodrive.flows import home
from exodrive.flows.instalment import pay as later
from exodrive.flows.instalment import reminding, waive
from exodrive.flows.instalment.errors import NoRest
from exodrive.kit.errors import Problem
from tests.crash.cast import Cast, Facts, order_in


async def rest(cast: Cast, facts: Facts) -> None:
    """A renter pays the rest of the price."""
    assert facts.booking_id
    with suppress(Problem):  # begun a second time it may be paid, or on its way
        order_id = order_in(await later.begin(cast.world, facts.booking_id))
        await cast.approve(order_id)
        await home.capture(cast.world, order_id, patience=0)


async def rests_are_reminded_of(cast: Cast, facts: Facts) -> None:
    """The worker promises the letters that are due."""
    await reminding.remind_due(cast.service)


async def staff_waive(cast: Cast, facts: Facts) -> None:
    """A member of staff forgoes the rest."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    with suppress(NoRest):
        await waive.by_staff(door, facts.booking_id, actor, "a good customer", key=facts.key)
