"""Rentals that are made longer or shorter: days, money and booking agree wherever it is cut short."""

from contextlib import suppress
from datetime import date, timedelta

from exodrive.flows import home
from exodrive.flows.change import by_staff, make, propose
from exodrive.flows.change.by_staff import Asked
from exodrive.flows.change.model import Wish
from exodrive.flows.change.pay import begin_waiting
from exodrive.kit import clock
from exodrive.kit.errors import Problem
from exodrive.kit.links import hash_of
from tests.crash.answers import give_back
from tests.crash.cast import Cast, Facts, order_in


async def _first_day(cast: Cast, facts: Facts) -> date:
    [(day,)] = await cast.rows("select start_date from bookings where id = $1", facts.booking_id)
    assert isinstance(day, date)
    return day


async def longer(cast: Cast, facts: Facts) -> None:
    """A renter keeps the car for five days instead of three, pays for it, and comes back."""
    assert facts.booking_id
    wish = Wish(end=await _first_day(cast, facts) + timedelta(days=4), terms=cast.world.rules.terms_version)
    with suppress(Problem):
        address = await _change(cast, facts, wish) or await begin_waiting(cast.world, facts.booking_id)
        order_id = order_in(address)
        await cast.approve(order_id)
        await home.capture(cast.world, order_id, patience=0)


async def _change(cast: Cast, facts: Facts, wish: Wish) -> str | None:
    holder = cast.world.doors.token(hash_of(facts.token))
    try:
        proposal = await propose.preview(cast.world, holder, facts.reference, wish)
        quote = cast.world.quotes.sign(proposal.price, clock.now())
        return (await make.make(cast.world, holder, facts.reference, wish, quote)).approve_url
    except Problem:
        return None


async def staff_shorten(cast: Cast, facts: Facts) -> None:
    """A member of staff has the car back a day earlier, and the worker gives back what that saves."""
    assert facts.staff_id
    door, actor = cast.staff(facts.staff_id)
    wish = Wish(end=await _first_day(cast, facts) + timedelta(days=1))
    asked = Asked(reference=facts.reference, wish=wish, reason="as agreed")
    shown = await by_staff.price(cast.world, door, asked)
    quote = cast.world.quotes.sign(shown.price, clock.now())
    asked = Asked(reference=facts.reference, wish=wish, reason="as agreed", quote=quote)
    await by_staff.change(cast.world, door, asked, actor, key=facts.key)
    await give_back(cast, facts)
