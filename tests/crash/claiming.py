"""The stories of a car that goes out, and of a claim on its deposit, told so that whoever was interrupted may begin anew."""

from contextlib import suppress
from decimal import Decimal
from uuid import UUID

from exodrive.charges.model import ChargeKind
from exodrive.flows.charging.decide import withdraw
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.checkout import settling
from exodrive.flows.claiming import answer, repaying, taking
from exodrive.flows.claiming.errors import NoClaim
from exodrive.flows.claiming.make import claim
from exodrive.flows.deposit import desk
from exodrive.flows.overdue import claim as overdue
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit.money import Money
from tests.crash.cast import Cast, Facts

_ABOUT_HOLDS = "select id from payment_operations where booking_id = $1 and hold_id is not null"


async def goes_out_and_back(cast: Cast, facts: Facts) -> None:
    """A manager hands a car over, and takes it back."""
    assert facts.staff_id
    assert facts.booking_id
    door, actor = cast.staff(facts.staff_id)
    why = "a regular"
    await hand_over(door, facts.booking_id, Reading(100, 100), actor, without_deposit=why, key=f"{facts.key}-out")
    await take_back(cast.world.tariffs, door, facts.booking_id, Reading(200, 50), actor, key=f"{facts.key}-back")
    scratch = Entry(kind=ChargeKind.DAMAGE, amount=Decimal(300), reason="a scratch")
    told = await charge(cast.world.tariffs, door, facts.booking_id, scratch, actor, key=f"{facts.key}-charge")
    await withdraw(door, facts.booking_id, told.id, actor, "it was there before", key=f"{facts.key}-withdrawal")


async def claims_and_accepts(cast: Cast, facts: Facts) -> None:
    """A manager claims from a deposit, and its renter accepts."""
    await _claim(cast, facts)
    assert facts.booking_id
    with suppress(NoClaim):  # begun a second time it may be taken, or on its way
        await answer.accept(cast.world, facts.booking_id)
    await _take(cast, facts)
    await _repay(cast, facts)


async def claims_and_upholds(cast: Cast, facts: Facts) -> None:
    """A manager claims from a deposit, its renter objects, and the manager takes it all the same."""
    claim_id = await _claim(cast, facts)
    assert facts.booking_id
    assert facts.staff_id
    with suppress(NoClaim):
        await answer.object_to(cast.world, facts.booking_id, "it was there before")
    door, actor = cast.staff(facts.staff_id)
    await answer.decide(door, facts.booking_id, claim_id, actor, "it was not", uphold=True, key=f"{facts.key}-decision")
    await _take(cast, facts)


async def claims_fall_due(cast: Cast, facts: Facts) -> None:
    """The worker takes what nobody answered."""
    await answer.settle_due(cast.service)
    await _take(cast, facts)


async def a_day_is_kept(cast: Cast, facts: Facts) -> None:
    """The worker keeps a day for a car that is not back."""
    assert facts.booking_id
    await overdue.look_at(cast.service, facts.booking_id)


async def gives_back(cast: Cast, facts: Facts) -> None:
    """A manager gives a deposit back before its time."""
    assert facts.booking_id
    assert facts.staff_id
    door, actor = cast.staff(facts.staff_id)
    await desk.give_back(door, facts.booking_id, actor, "paid in cash", key=f"{facts.key}-release")
    for (operation_id,) in await cast.rows(_ABOUT_HOLDS, facts.booking_id):
        await settling.settle(cast.service, operation_id)


async def _claim(cast: Cast, facts: Facts) -> UUID:
    assert facts.booking_id
    assert facts.staff_id
    door, actor = cast.staff(facts.staff_id)
    return (await claim(cast.world.deposits, door, facts.booking_id, actor, key=f"{facts.key}-claim")).id


async def _repay(cast: Cast, facts: Facts) -> None:
    """A manager gives some of it back; before it is taken there is nothing to give."""
    assert facts.booking_id
    assert facts.staff_id
    door, actor = cast.staff(facts.staff_id)
    some = Money(Decimal(100), "USD")
    for (claim_id,) in await cast.rows("select id from deposit_claims where booking_id = $1", facts.booking_id):
        with suppress(NoClaim):
            await repaying.by_staff(door, facts.booking_id, claim_id, some, actor, "it cost less", key=f"{facts.key}-repay")
    for (operation_id,) in await cast.rows(_ABOUT_HOLDS, facts.booking_id):
        await settling.settle(cast.service, operation_id)


async def _take(cast: Cast, facts: Facts) -> None:
    for (claim_id,) in await cast.rows("select id from deposit_claims where booking_id = $1", facts.booking_id):
        await taking.take(cast.service, claim_id)
    for (operation_id,) in await cast.rows(_ABOUT_HOLDS, facts.booking_id):
        await settling.settle(cast.service, operation_id)
